var y=Object.defineProperty;var b=Object.getOwnPropertyDescriptor;var x=Object.getOwnPropertyNames;var C=Object.prototype.hasOwnProperty;var v=(e,a)=>{for(var r in a)y(e,r,{get:a[r],enumerable:!0})},A=(e,a,r,t)=>{if(a&&typeof a=="object"||typeof a=="function")for(let n of x(a))!C.call(e,n)&&n!==r&&y(e,n,{get:()=>a[n],enumerable:!(t=b(a,n))||t.enumerable});return e};var E=e=>A(y({},"__esModule",{value:!0}),e);var O={};v(O,{code:()=>l,fence:()=>d,formatMarkdown:()=>j,toTable:()=>c});module.exports=E(O);var k=require("./parts.cjs")("chunk-NWWH3E3P.cjs"),g=require("./parts.cjs")("chunk-6UAP7YBG.cjs"),$=require("./parts.cjs")("chunk-YJNUXLVS.cjs"),u=require("./parts.cjs")("chunk-CGSTUMK5.cjs"),w=require("./parts.cjs")("chunk-VYY4EGYO.cjs"),_=require("./parts.cjs")("chunk-I5STOQW5.cjs"),q=require("./parts.cjs")("chunk-6EQ4TUN2.cjs"),z=require("./parts.cjs")("chunk-TFEIAPEY.cjs"),F=64*1024,S=4*1024,L=200,P=300,R=50,h={passed:"\u2705 passed",failed:"\u274C failed",skipped:"\u23ED\uFE0F not run",flaky:"\u26A0\uFE0F flaky"};function j(e){let a=new g.b(F,S),r=e.profiles.map(o=>({profile:o,cases:(0,u.a)(o)})),t=(0,u.b)(r.flatMap(({cases:o})=>o)),n=r.flatMap(({profile:o,cases:p})=>p.filter(({verdict:f})=>f==="failed"||f==="flaky").map(f=>({profile:o,reportCase:f}))),i=n.slice(0,R).map(({profile:o,reportCase:p})=>B(p,o,a)),s=n.length-i.length;return[`## ${e.ok?"\u2705":"\u274C"} ${l(e.image)}
`,`${T(t)} in ${(0,$.a)(e.durationMs)}.
`,...i,...s>0?[`\u2026 and ${s} more failures.
`]:[],D(r),H(e.profiles)].join(`
`)}function T(e){let{failed:a,flaky:r,skipped:t}=e,n=e.passed+r,i=n+a+t,s=[...a>0?[`**${a} failed**`]:[],...r>0?[`${r} flaky`]:[],...t>0?[`${t} not run`]:[]];return[`${n} of ${i} passed`,...s].join(", ")}function B(e,{profile:a},r){let{name:t,verdict:n,test:i,repeatCommand:s}=e,o=(i?.steps??[]).flatMap(M=>["stdout","stderr"].filter(m=>M[m].text!=="").map(m=>`${m} of ${(0,u.d)(M)}:
${M[m].text}`)),p=n==="failed"?" open":"",f=i?.source?` \xB7 ${l(`${i.source.file}:${i.source.line}`)}`:"";return[`<details${p}><summary>${h[n]}: ${l(t)} (${a})</summary>
`,d(r.take((0,u.c)(e).join(`
`))),...o.length>0?[d(r.take(o.join(`
`)))]:[],`Repeat it: ${l(s)}${f}
`,`</details>
`].join(`
`)}function D(e){let a=e.map(({cases:s})=>new Map(s.map(o=>[o.name,o]))),r=[...new Set(a.flatMap(s=>[...s.keys()]))],t=r.slice(0,P).map(s=>[l(s),...a.map(o=>{let p=o.get(s);return p?`${h[p.verdict]} (${(0,$.a)(p.durationMs)})`:"\u2013"})]),n=c([["test",...e.map(({profile:s})=>s.profile)],...t]),i=r.length-t.length;return i>0?`${n}
\u2026 and ${i} more tests.
`:n}function H(e){let a=e.map(t=>({profile:t,uses:new Map((0,k.b)(t).map(n=>[n.name,(0,k.c)(n)]))})),r=[...new Set(a.flatMap(({uses:t})=>[...t.keys()]))];return c([["most in use",...e.map(({profile:t})=>t)],["boot",...e.map(({readyMs:t})=>t===null?"never":(0,$.a)(t))],...r.map(t=>[l(t),...a.map(({uses:n})=>n.get(t)??"\u2013")])])}function c(e){let[a=[],...r]=e.map(n=>`| ${n.join(" | ")} |`),t=`|${" --- |".repeat(e[0]?.length??0)}`;return`${[a,t,...r].join(`
`)}
`}function l(e,a=L){return`<code>${N((0,w.b)((0,g.a)(e,a)))}</code>`}function N(e){return e.replace(/(?<=www)\.|[^\p{L}\p{N} /=,.-]/giu,a=>`&#${a.codePointAt(0)};`)}function d(e){let a=Math.max(2,...[...e.matchAll(/`+/g)].map(([t])=>t.length)),r="`".repeat(a+1);return`${r}text
${e}
${r}
`}0&&(module.exports={code,fence,formatMarkdown,toTable});
