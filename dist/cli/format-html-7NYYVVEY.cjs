var E=Object.defineProperty;var te=Object.getOwnPropertyDescriptor;var ae=Object.getOwnPropertyNames;var re=Object.prototype.hasOwnProperty;var se=(e,t)=>{for(var a in t)E(e,a,{get:t[a],enumerable:!0})},ne=(e,t,a,r)=>{if(t&&typeof t=="object"||typeof t=="function")for(let s of ae(t))!re.call(e,s)&&s!==a&&E(e,s,{get:()=>t[s],enumerable:!(r=te(t,s))||r.enumerable});return e};var ie=e=>ne(E({},"__esModule",{value:!0}),e);var Ve={};se(Ve,{formatHtml:()=>ee});module.exports=ie(Ve);var g=require("./parts.cjs")("chunk-NWWH3E3P.cjs"),S=require("./parts.cjs")("chunk-6UAP7YBG.cjs"),h=require("./parts.cjs")("chunk-YJNUXLVS.cjs"),$=require("./parts.cjs")("chunk-CGSTUMK5.cjs"),A=require("./parts.cjs")("chunk-VYY4EGYO.cjs"),z=require("./parts.cjs")("chunk-I5STOQW5.cjs"),Ue=require("./parts.cjs")("chunk-6EQ4TUN2.cjs"),We=require("./parts.cjs")("chunk-TFEIAPEY.cjs"),Y=require("node:crypto"),k=class _{text;constructor(t){this.text=t}static trusted(t){return new _(t)}toString(){return this.text}};function l(e,...t){let a=e[0]??"";for(let[r,s]of t.entries())a+=oe(s)+(e[r+1]??"");return k.trusted(a)}function oe(e){return e===!1||e===null||e===void 0?"":e instanceof k?e.text:typeof e=="number"?String(e):typeof e=="string"?le((0,A.a)(e)):e.map(({text:t})=>t).join("")}function le(e){return e.replace(/[&<>"'`]/g,t=>`&#${t.charCodeAt(0)};`)}var I=`
"use strict";
(() => {
  const tests = [...document.querySelectorAll(".test")];
  const search = document.getElementById("search");
  const status = document.getElementById("shown");
  const filters = [...document.querySelectorAll("[data-verdict]")].filter((node) => node.tagName === "BUTTON");
  let wanted = "all";

  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const test of tests) {
      const name = test.dataset.name.toLowerCase();
      const fits = (wanted === "all" || test.dataset.verdict === wanted) && words.every((word) => name.includes(word));
      test.hidden = !fits;
      if (fits) count += 1;
    }
    for (const filter of filters) filter.setAttribute("aria-pressed", String(filter.dataset.verdict === wanted));
    status.textContent = count === tests.length ? "" : count + " of " + tests.length + " shown";
  };
  const choose = (verdict) => { wanted = verdict; apply(); };
  for (const filter of filters) filter.addEventListener("click", () => choose(filter.dataset.verdict));
  search.addEventListener("input", apply);

  const visible = () => tests.filter((test) => !test.hidden);
  const toggleAll = () => {
    const shown = visible();
    const open = shown.some((test) => !test.open);
    for (const test of shown) test.open = open;
  };
  document.getElementById("toggle").addEventListener("click", toggleAll);

  const move = (step) => {
    const shown = visible();
    const at = shown.findIndex((test) => test.contains(document.activeElement));
    const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];
    if (next) next.firstElementChild.focus();
  };
  const show = (target) => {
    const test = target.closest(".test");
    if (test && test.hidden) { search.value = ""; choose("all"); }
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView();
    if (test) test.firstElementChild.focus({ preventScroll: true });
  };
  const follow = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target) show(target);
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    // A second click on the same link changes no address.
    if (link && link.getAttribute("href") === location.hash) follow();
    const copy = event.target.closest(".copy");
    if (copy) copyText(copy);
  });

  const copyText = async (button) => {
    const source = button.parentElement.querySelector("code");
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; apply(); search.blur(); }
      return;
    }
    const actions = {
      "/": () => search.focus(),
      j: () => move(1),
      k: () => move(-1),
      e: toggleAll,
      f: () => choose(wanted === "failed" ? "all" : "failed"),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });
  document.querySelector(".toolbar").hidden = false;
  apply();
  follow();
})();
`,q=`
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
`,de={passed:"\u2713 passed",failed:"\u2717 failed",skipped:"\u2013 not run",flaky:"~ flaky"},ce={boot:"a boot of its own",reset:"a reset VM",shared:"what earlier tests left","at-rest":"the image at rest"},me=200;function pe({id:e,reportCase:t},a){let{name:r,verdict:s,test:n,message:i,durationMs:o}=t,d=[n?.kind,n&&ce[n.isolation],(0,h.a)(o)],c=(0,S.a)((0,A.b)(i),me);return l`<details class="test ${s}" id="${e}" data-verdict="${s}" data-name="${r}"${s==="failed"&&l` open`}>
<summary><span class="verdict ${s}">${de[s]}</span><span>${r}</span><span class="when faint">${d.filter(Boolean).join(" \xB7 ")}</span>${c!==""&&l`<span class="reason">${c}</span>`}</summary>
<div class="inside">
${fe(t,a)}
${n?.source&&l`<p class="faint">Written in ${n.source.file}, line ${n.source.line}.</p>`}
${(n?.steps??[]).map(m=>ue(m,a))}
${O(t.repeatCommand)}
</div></details>
`}function fe(e,t){let{message:a,explanation:r,hint:s,details:n,test:i}=e,o=i?.problems??[],d=o.length>1?l`<ul>${o.map(c=>l`<li class="message">${t.take(c)}</li>`)}</ul>`:l`<p class="message">${t.take(a)}</p>`;return l`${a!==""&&d}
${r&&l`<p class="message"><strong>On Golem:</strong> ${r.text}${r.rule&&` (${r.rule})`}</p>`}
${n!==null&&n!==""&&l`<pre tabindex="0">${t.take(n)}</pre>`}
${s!==null&&s!==""&&l`<p class="message"><strong>Next:</strong> ${s}</p>`}
${i&&i.attempts>1&&l`<p>${i.attempts} attempts.</p>`}`}function ue(e,t){let{exitCode:a,durationMs:r,message:s,stdout:n,stderr:i,command:o,name:d}=e,c=[o.length===0?"":a===null?"no end":`exit code ${a}`,(0,h.a)(r)].filter(m=>m!=="").join(" \xB7 ");return l`<div class="step${s!==""&&" failed"}">
<p>${d!==void 0&&l`<strong>${(0,$.d)(e)}</strong> `}${o.length>0&&l`<code>${t.take(o.join(" "))}</code>`} <span class="faint">${c}</span></p>
${s!==""&&l`<p class="message">${t.take(s)}</p>`}
${N("stdout",n.text,t)}${N("stderr",i.text,t)}</div>
`}function N(e,t,a){return t===""?l``:l`<p class="faint">${e}</p><pre tabindex="0" role="region" aria-label="${e}">${a.take(t)}</pre>`}function O(e){return l`<p class="faint">Repeat it:</p><div class="repeat"><pre><code>${e}</code></pre><button type="button" class="copy" hidden>Copy</button></div>`}var M=1e3,P=5,he=class{endMs;constructor({timeline:e,samples:t}){let a=1;for(let{atMs:r,durationMs:s}of e)a=Math.max(a,r+s);for(let{atMs:r}of t)a=Math.max(a,r);this.endMs=a}x(e){return Math.round(100*M*e/this.endMs)/100}labels(){let e=Array.from({length:P},(t,a)=>l`<span>${(0,h.a)(this.endMs*a/(P-1))}</span>`);return l`<div class="axis" aria-hidden="true">${e}</div>`}},b=20,B=2,T=.6,ge=3,$e=1e3;function ve(e,t,a){if(e.length===0)return l``;let r=new Map(a.map(o=>[o.reportCase.name,o])),s=Math.max(...new Set(e.map(({vm:o})=>o)))+1,n=s>2?"more":String(s),i=[["boot","boot"],["reset","reset"],["test-run","test"],["test-run failed","failed test"],["test-run flaky","flaky test"]].map(([o,d])=>l`<li><svg aria-hidden="true" viewBox="0 0 1 1"><rect class="${o}" width="1" height="1"/></svg>${d}</li>`);return l`<h3>Timeline</h3>
<figure>
<svg class="plot lanes-${n}" viewBox="0 0 ${M} ${s*b}" preserveAspectRatio="none" aria-hidden="true">${ye(e,t,r)}</svg>
${t.labels()}
<ul class="legend">${i}</ul>
</figure>
${xe(e,r,s)}
`}function ye(e,t,a){let r=new Map;return e.flatMap(s=>{let{kind:n,name:i,atMs:o,durationMs:d,vm:c}=s,m=n==="test"?a.get(i):void 0,f=m?.reportCase.verdict??"passed",p=t.x(o),u=Math.max(f==="failed"?ge:T,t.x(d)),x=`${c} ${n} ${f}`;if(p+u<=(r.get(x)??0)+T)return[];r.set(x,p+u);let w=n==="test"?`test-run ${f}`:n;if(n==="boot")return be(s,t);let L=l`<rect class="${w}" x="${p}" y="${c*b+B}" width="${u}" height="${b-2*B}"><title>${i}: ${(0,h.a)(d)}</title></rect>`;return[m?l`<a href="#${m.id}" tabindex="-1">${L}</a>`:L]})}function be(e,t){return R(e).map(({name:a,atMs:r,durationMs:s},n)=>l`<rect class="boot part-${n%4}" x="${t.x(r)}" y="${e.vm*b+B}" width="${Math.max(T,t.x(s))}" height="${b-2*B}"><title>boot, ${a}: ${(0,h.a)(s)}</title></rect>`)}function R({atMs:e,durationMs:t,phases:a}){if(!a)return[{name:"all of it",atMs:e,durationMs:t}];let r=a.reduce((n,i)=>n+i.durationMs,0),s=e;return[{name:"preparation",durationMs:Math.max(0,t-r)},...a].map(n=>{let i={...n,atMs:s};return s+=n.durationMs,i})}function xe(e,t,a){let r=e.slice(0,$e),s=r.flatMap(i=>{let{name:o,kind:d,atMs:c,durationMs:m,vm:f}=i,p=d==="test"?t.get(o):void 0,u=p?l`<a href="#${p.id}">${o}</a>`:l`${o}`,x=d==="boot"&&i.phases?R(i):[];return[D(u,{atMs:c,durationMs:m,vm:f},a),...x.map(w=>D(l`– ${w.name}`,{...w,vm:f},a))]}),n=e.length-r.length;return l`<details><summary>Timeline as a table</summary><div class="inside scroll">
<table><thead><tr><th>what</th>${a>1&&l`<th>VM</th>`}<th>began</th><th>took</th></tr></thead><tbody>${s}</tbody></table>
${n>0&&l`<p class="faint">… and ${n} more</p>`}</div></details>
`}function D(e,{atMs:t,durationMs:a,vm:r},s){return l`<tr><td>${e}</td>${s>1&&l`<td class="number">${r+1}</td>`}<td class="number">${(0,h.a)(t)}</td><td class="number">${(0,h.a)(a)}</td></tr>
`}var v=100,we=1.1,F=600;function ke(e,t,a){let{samples:r,timeline:s}=e;if(r.length<2)return l``;let n=s.filter(o=>o.kind==="test"&&a(o)).slice(0,F).map(({atMs:o,durationMs:d})=>l`<rect class="band" x="${t.x(o)}" y="0" width="${Math.max(1,t.x(d))}" height="${v}"/>`),i=(0,g.b)(e).map(o=>Me(o,r,t,n));return l`<h3>What was in use</h3>
<p class="faint">The dashed line is the limit; a shaded band is a failed test.</p>
${i}`}function Me(e,t,a,r){let{name:s,limitBytes:n}=e,i=[...new Set(t.map(({vm:p})=>p))].map(p=>Be(s,t.filter(u=>u.vm===p))),o=Math.max(e.peakBytes,...i.flat().map(({bytes:p})=>p));if(o===0)return l``;let d=Math.max(o*we,n??0,1),c=p=>Math.round(100*(v-v*p/d))/100,m=n===null?null:c(n),f=(0,g.c)({peakBytes:o,limitBytes:n});return l`<figure>
<figcaption><strong>${s}</strong>: at most ${f}</figcaption>
<svg class="plot curve" viewBox="0 0 ${M} ${v}" preserveAspectRatio="none" role="img" aria-label="${s} over time: at most ${f}">${r}${i.map(p=>ze(p,a,c))}${m!==null&&l`<line class="limit" x1="0" x2="${M}" y1="${m}" y2="${m}"/>`}</svg>
${a.labels()}
</figure>
`}function Be(e,t){let a=t.flatMap(({atMs:r,memory:s,overlay:n,tmp:i,volumes:o})=>{let d={memory:s,overlay:n,"/tmp":i}[e]??o[e.replace(/^volume /,"")];return d==null?[]:[{atMs:r,bytes:d}]});return Ce(a)}function Ce(e){let t=Math.ceil(e.length/F);if(t<=1)return[...e];let a=[];for(let r=0;r<e.length;r+=t){let s=e.slice(r,r+t);a.push(s.reduce((n,i)=>i.bytes>n.bytes?i:n))}return a}function ze(e,t,a){let[r]=e,s=e.at(-1);if(!r||!s)return l``;let n=e.map(({atMs:o,bytes:d})=>`${t.x(o)},${a(d)}`).join(" "),i=`${t.x(r.atMs)},${v} ${n} ${t.x(s.atMs)},${v}`;return l`<polygon class="area" points="${i}"/><polyline class="line" points="${n}"/>`}function Se(e,t,a,r){let s=new he(e),n=new Set(t.filter(({reportCase:i})=>i.verdict==="failed").map(i=>i.reportCase.name));return l`<section id="${a}">
<h2>Profile ${e.profile}</h2>
<p class="faint">${Ae(e,t)}</p>
${t.length===0&&l`<p>There are no tests.</p>`}
${t.map(i=>pe(i,r))}
${ve(e.timeline,s,t)}
${ke(e,s,({name:i})=>n.has(i))}
<h3>Limits, and the most that was in use</h3>
${Ee(e)}
${Te(e,r)}
${O(e.repeatCommand)}
</section>
`}function Ae(e,t){let{runtime:a,accelerator:r,acceleratorReason:s,readyMs:n}=e,i=(0,$.b)(t.map(({reportCase:o})=>o));return[`${i.passed+i.flaky} of ${t.length} passed`,n===null?"never ready":`ready after ${(0,h.a)(n)}`,`${r.toUpperCase()} (${s})`,`runtime ${a.name} ${a.version}`].join(" \xB7 ")}function Ee(e){let{measurements:t}=e,a=[...(0,g.b)(e).map(r=>[`${r.name}, most`,(0,g.c)(r)]),...t?.cpuSeconds==null?[]:[["processor time",(0,h.a)(t.cpuSeconds*1e3)]],...(0,g.a)(e.limits).map(([r,s])=>[`${r}, limit`,s])];return l`<dl class="facts">${a.map(([r,s])=>l`<dt>${r}</dt><dd>${s}</dd>`)}</dl>`}function Te({console:e},t){if(e.tail==="")return l``;let a=e.path===null?l``:l`<p class="faint">All of it: ${e.path}</p>`;return l`<details class="console"><summary>Console, the last lines</summary><div class="inside">${a}<pre tabindex="0" role="region" aria-label="console">${t.take(e.tail)}</pre></div></details>`}function K(e,t){let a=e.reduce((o,{storedBytes:d})=>o+d,0);if(a<=0)return[];let r=t.width*t.height/a,s=[],n=t,i=[];for(let o of e){let d=Math.min(n.width,n.height);i.length>0&&V([...i,o],r,d)>V(i,r,d)&&(n=H(i,r,n,s),i=[]),i.push(o)}return H(i,r,n,s),s}function V(e,t,a){let r=e.reduce((i,{storedBytes:o})=>i+o,0)*t,s=(e[0]?.storedBytes??0)*t,n=(e.at(-1)?.storedBytes??0)*t;return Math.max(a**2*s/r**2,r**2/(a**2*n))}function H(e,t,a,r){let s=e.reduce((c,{storedBytes:m})=>c+m,0)*t,n=a.width>=a.height,i=n?a.height:a.width,o=i===0?0:s/i,d=0;for(let c of e){let m=o===0?0:c.storedBytes*t/o;r.push(n?{node:c,x:a.x,y:a.y+d,width:o,height:m}:{node:c,x:a.x+d,y:a.y,width:m,height:o}),d+=m}return n?{...a,x:a.x+o,width:a.width-o}:{...a,y:a.y+o,height:a.height-o}}var je=6,U=40,W=3,j=16,Le=60,Ie=6.4,G=2;function qe(e){return l`<section id="size"><h2>Where the image's bytes are</h2>
<p class="faint">${(0,z.a)(e.storedBytes)} for the contents of all files, compressed.</p>
${Z(e,{x:0,y:0,width:1040,height:460},"wide")}
${Z(e,{x:0,y:0,width:360,height:420},"narrow")}
<div class="sizes"><ul>${Q(e,0)}</ul></div></section>
`}function Z(e,t,a){let r=K(C(e),t).map((s,n)=>J(s.node,s,`/${s.node.name}`,n%je,1));return l`<svg class="treemap ${a}" viewBox="0 0 ${t.width} ${t.height}" role="img" aria-label="Areas of the image's largest directories; the list below has their sizes">${r}</svg>`}function J(e,t,a,r,s){let{x:n,y:i,width:o,height:d}=t;if(o<G||d<G)return l``;let c=(0,z.a)(e.storedBytes),m=s<W&&Math.min(o,d)>Le&&C(e).length>1,f={x:n+2,y:i+j,width:o-4,height:d-j-2},p=m?K(C(e),f).map(u=>J(u.node,u,`${a}/${u.node.name}`,r,s+1)):[];return l`<g><rect class="shade-${r}" x="${y(n)}" y="${y(i)}" width="${y(o)}" height="${y(d)}"><title>${a}: ${c}</title></rect>${Ne(`${e.name} ${c}`,e.name,t)}${p}</g>`}function Ne(e,t,{x:a,y:r,width:s,height:n}){let i=Math.floor((s-6)/Ie),o=[e,t].find(({length:d})=>d<=i);return o===void 0||n<j?l``:l`<text x="${y(a+3)}" y="${y(r+12)}">${o}</text>`}function Q(e,t){return C(e).map(a=>{let r=l`${a.name} <span class="faint">${(0,z.a)(a.storedBytes)}</span>`;return a.children.length>0&&t<W?l`<li><details><summary>${r}</summary><ul>${Q(a,t+1)}</ul></details></li>`:l`<li><div class="file">${r}</div></li>`})}function C({children:e}){let t=e.filter(({storedBytes:n})=>n>0).sort(X),a=t.slice(0,U),r=t.slice(U);if(r.length===0)return a;let s=r.reduce((n,i)=>n+i.storedBytes,0);return[...a,{name:`(${r.length} smaller)`,storedBytes:s,children:[]}].sort(X)}function X(e,t){return t.storedBytes-e.storedBytes}function y(e){return Math.round(10*e)/10}var Oe=16*1024*1024,Pe=64*1024;function ee(e,{version:t,size:a}){let r=new S.b(Oe,Pe),s=e.profiles.map((d,c)=>({profile:d,id:`profile-${c}`,cases:(0,$.a)(d).map((m,f)=>({id:`test-${c}-${f}`,reportCase:m}))})),n=s.flatMap(({cases:d})=>d.map(({reportCase:c})=>c)),i=(0,$.b)(n),o=[...s.map(({profile:d,id:c})=>l`<li><a href="#${c}">${d.ok?"\u2713":"\u2717"} ${d.profile}</a></li>`),...a?[l`<li><a href="#size">Size</a></li>`]:[]];return l`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Ke()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${e.ok?"\u2713":"\u2717"} ${e.image}</title>
<style>${k.trusted(q)}</style>
</head>
<body>
<header>
<h1>${e.image}</h1>
<div class="banner ${e.ok?"passed":"failed"}"><strong>${Re(e.ok,i)}</strong>
<p class="faint">${De(e,t)}</p></div>
${o.length>1&&l`<nav aria-label="Parts"><ul>${o}</ul></nav>`}
</header>
<div class="toolbar" role="search" hidden>
<input id="search" type="search" placeholder="Find tests by name" aria-label="Find tests by name">
${Fe(i,n.length)}
<button type="button" id="toggle">Open or close all</button>
<span id="shown" class="faint" role="status"></span>
</div>
<p class="keys faint">Keys: <kbd>/</kbd> find, <kbd>j</kbd> <kbd>k</kbd> next and previous test, <kbd>e</kbd> open or close all, <kbd>f</kbd> failed ones</p>
<main>
${s.map(({profile:d,id:c,cases:m})=>Se(d,m,c,r))}
${a&&qe(a)}
</main>
<script>${k.trusted(I)}</script>
</body>
</html>
`.text}function Re(e,{passed:t,failed:a,flaky:r,skipped:s}){let n=t+a+r+s,i=[...r>0?[`${r} flaky`]:[],...s>0?[`${s} not run`]:[]];return[e?`${t+r} of ${n} tests passed`:`${a} of ${n} tests failed`,...i].join(", ")}function De({startedAt:e,durationMs:t},a){return`${e.replace("T"," ").replace(/\.\d+Z$/," UTC")} \xB7 ${(0,h.a)(t)} \xB7 golem-image ${a}`}function Fe(e,t){return[["all","All",t],["failed","Failed",e.failed],["flaky","Flaky",e.flaky],["skipped","Not run",e.skipped],["passed","Passed",e.passed]].filter(([a,,r])=>r>0||a==="all").map(([a,r,s])=>l`<button type="button" data-verdict="${a}" aria-pressed="${String(a==="all")}">${r} ${s}</button>`)}function Ke(){let e=t=>`'sha256-${(0,Y.createHash)("sha256").update(t).digest("base64")}'`;return["default-src 'none'",`script-src ${e(I)}`,`style-src ${e(q)}`,"img-src data:","base-uri 'none'","form-action 'none'"].join("; ")}0&&(module.exports={formatHtml});
