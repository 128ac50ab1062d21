/** The style of the page; its colours follow the reader's choice of a light or a dark scheme. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f5f6f8; --line: #d5d9e0; --ink: #1b1f27; --faint: #565f6e; --accent: #1f5fbf;
  --passed: #1a7a3c; --failed: #c0262d; --flaky: #946200; --skipped: #59636f;
  --boot: #7a86d8; --reset: #b9a4d6; --test: #58a37a; --curve: #2f6fd0; --limit: #c0262d; --bad: #c0262d22;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --raised: #1d2128; --line: #373e49; --ink: #e6e9ee; --faint: #a3acba; --accent: #7fb0ff;
    --passed: #5fcf87; --failed: #ff8087; --flaky: #f0b84d; --skipped: #a3acba;
    --boot: #7480d6; --reset: #8d74b5; --test: #3f8f66; --curve: #6fa6ff; --limit: #ff8087; --bad: #ff808733;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 0 1rem 4rem; max-width: 68rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.4rem; line-height: 1.3; margin: 1.2rem 0 .3rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p { margin: .3rem 0; }
a { color: var(--accent); }
.faint { color: var(--faint); font-size: .9rem; }
.banner { border-left: .35rem solid var(--passed); padding: .5rem .8rem; background: var(--raised); margin: .6rem 0; }
.banner.failed { border-color: var(--failed); }
.banner strong { font-size: 1.1rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1rem; padding: 0; margin: .6rem 0; }
.toolbar {
  position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .6rem 0; margin-top: 1rem;
  display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; border-bottom: 1px solid var(--line);
}
.toolbar input { flex: 1 1 12rem; min-width: 8rem; }
input, button {
  font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: .4rem;
  padding: .35rem .7rem; min-height: 2.5rem;
}
button { cursor: pointer; }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--paper); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
kbd { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .3rem; font-size: .85rem; background: var(--raised); }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; }
summary { cursor: pointer; padding: .5rem .7rem; scroll-margin-top: 5rem; }
summary:hover { background: var(--raised); }
details > .inside { padding: .2rem .9rem .8rem; border-top: 1px solid var(--line); }
.test { content-visibility: auto; contain-intrinsic-size: auto 2.8rem; scroll-margin-top: 5rem; }
.test[open] { content-visibility: visible; }
.test > summary { display: grid; grid-template-columns: 6rem 1fr auto; gap: .1rem .6rem; align-items: baseline; }
.test > summary .reason { grid-column: 2 / -1; color: var(--faint); font-size: .9rem; }
.test[open] > summary .reason { display: none; }
.test.failed { border-color: var(--failed); }
.verdict { font-weight: 600; white-space: nowrap; }
.verdict.passed { color: var(--passed); } .verdict.failed { color: var(--failed); }
.verdict.flaky { color: var(--flaky); } .verdict.skipped { color: var(--skipped); }
[hidden] { display: none !important; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .85rem; }
pre {
  background: var(--raised); border: 1px solid var(--line); border-radius: .3rem; padding: .5rem .7rem; margin: .3rem 0;
  white-space: pre-wrap; max-height: 26rem; overflow: auto; tab-size: 8;
}
.message { white-space: pre-wrap; }
.repeat { display: flex; gap: .5rem; align-items: flex-start; margin: .5rem 0; }
.repeat pre { flex: 1; min-width: 0; margin: 0; }
.step { margin: .8rem 0; border-left: 3px solid var(--line); padding-left: .7rem; }
.step.failed { border-color: var(--failed); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; font-size: .9rem; }
dl.facts dt { color: var(--faint); } dl.facts dd { margin: 0; }
figure { margin: .8rem 0; }
figcaption { font-size: .9rem; }
.plot { display: block; width: 100%; background: var(--raised); border: 1px solid var(--line); }
.plot.curve { height: 6rem; }
.plot.lanes-1 { height: 2.2rem; } .plot.lanes-2 { height: 4.4rem; } .plot.lanes-more { height: 9rem; }
.axis { display: flex; justify-content: space-between; color: var(--faint); font-size: .8rem; }
.boot { fill: var(--boot); } .reset { fill: var(--reset); } .test-run { fill: var(--test); }
.test-run.failed { fill: var(--failed); } .test-run.flaky { fill: var(--flaky); }
.plot rect { stroke: var(--raised); stroke-width: 1; vector-effect: non-scaling-stroke; paint-order: stroke; }
.part-1 { filter: brightness(.9); } .part-2 { filter: brightness(.78); } .part-3 { filter: brightness(.66); }
.plot .band { stroke: none; }
.band { fill: var(--bad); }
.line { fill: none; stroke: var(--curve); stroke-width: 2; vector-effect: non-scaling-stroke; }
.area { fill: var(--curve); opacity: .18; }
.limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 6 4; vector-effect: non-scaling-stroke; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; color: var(--faint); padding: 0; list-style: none; }
.legend svg { width: .8rem; height: .8rem; vertical-align: -.05rem; margin-right: .3rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
section { scroll-margin-top: 4rem; }
th + th { text-align: right; padding-right: .6rem; }
td.number { text-align: right; white-space: nowrap; }
.treemap { display: block; width: 100%; height: auto; }
.treemap.narrow { display: none; }
.treemap rect { stroke: var(--paper); stroke-width: 1; }
.treemap text { font: 11px system-ui, sans-serif; fill: #10131a; pointer-events: none; }
.shade-0 { fill: #9dbdf0; } .shade-1 { fill: #a8d5ba; } .shade-2 { fill: #f0d08a; } .shade-3 { fill: #d9b5e3; }
.shade-4 { fill: #f2b3a6; } .shade-5 { fill: #a9d6dd; }
.sizes ul { list-style: none; padding-left: 1rem; margin: 0; }
.sizes details { border: 0; margin: 0; } .sizes summary, .sizes .file { padding: .15rem .3rem; }
.sizes .file { padding-left: 1.3rem; }
section:first-child h2 { border: 0; margin-top: 0; }
.inside ul { padding-left: 1.2rem; }
@media (max-width: 40rem) {
  .toolbar { position: static; }
  .test, summary { scroll-margin-top: .5rem; }
  body { padding: 0 .7rem 3rem; }
  .keys { display: none; }
  .treemap.wide { display: none; } .treemap.narrow { display: block; }
  .test > summary { grid-template-columns: 5.4rem 1fr; }
  .test > summary .when { grid-column: 2; }
  .repeat { flex-direction: column; }
  .repeat pre { width: 100%; }
  dl.facts { grid-template-columns: 1fr; } dl.facts dt { margin-top: .3rem; }
}
@media print { .toolbar, .keys, .copy { display: none; } pre { max-height: none; } }
`;
