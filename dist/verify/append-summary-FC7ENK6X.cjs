var h=Object.defineProperty;var y=Object.getOwnPropertyDescriptor;var U=Object.getOwnPropertyNames;var F=Object.prototype.hasOwnProperty;var E=(t,e)=>{for(var r in e)h(t,r,{get:e[r],enumerable:!0})},G=(t,e,r,n)=>{if(e&&typeof e=="object"||typeof e=="function")for(let i of U(e))!F.call(t,i)&&i!==r&&h(t,i,{get:()=>e[i],enumerable:!(n=y(e,i))||n.enumerable});return t};var R=t=>G(h({},"__esModule",{value:!0}),t);var Q={};E(Q,{appendSummary:()=>x,runUrlOf:()=>c});module.exports=R(Q);var l=require("./parts.cjs")("chunk-BCHIIXBE.cjs"),M=require("./parts.cjs")("chunk-XCC6LEGB.cjs"),d=["bytes","KiB","MiB","GiB","TiB"];function p(t){let e=t,r=0;for(;e>=1024&&r<d.length-1;)e/=1024,r+=1;let n=t===1?"byte":d[r];return`${r===0?e:e.toFixed(1)} ${n}`}var Z=1024*1024;function g(t,e){if(t.length<=e)return t;let r=Math.floor(e/2),n=t.length-2*r,i=r===0?"":t.slice(-r);return`${t.slice(0,r)}
[... ${n} characters are left out of this report]
${i}`}var tt=64*1024,et=4*1024,S=200;function b(t){let[e=[],...r]=t.map(i=>`| ${i.join(" | ")} |`),n=`|${" --- |".repeat(t[0]?.length??0)}`;return`${[e,n,...r].join(`
`)}
`}function o(t,e=S){return`<code>${k((0,l.b)(g(t,e)))}</code>`}function k(t){return t.replace(/(?<=www)\.|[^\p{L}\p{N} /=,.-]/giu,e=>`&#${e.codePointAt(0)};`)}function v(t){let e=Math.max(2,...[...t.matchAll(/`+/g)].map(([n])=>n.length)),r="`".repeat(e+1);return`${r}text
${t}
${r}
`}var z=1e3*1024,T=100,_=1024,A=4096,L=4096,w=1024**2,j={passed:"\u2705",failed:"\u274C",skipped:"\u23ED\uFE0F"};function I(t,{runUrl:e,maxBytes:r=z}={}){let n=Object.assign({},...t.map(a=>a.value)),i=[H(t,n),...t.filter(({outcome:a})=>a==="failed").map(O),P(n),Y(n),...n.test?[n.test.markdown,K(n.test.requirements)]:[],X(n.publish),J(t),e===void 0?"":`[Logs and artifacts of this run](${e})
`].filter(a=>a!=="");return C(r,i)}function C(t,e){let r=`
_The rest does not fit here; it is in the log and in the reports._
`,n="";for(let i of e){let a=n===""?i:`${n}
${i}`;if(Buffer.byteLength(a)+Buffer.byteLength(r)>t)return n+r;n=a}return n}function H(t,{test:e,publish:r}){let n=t.find(({outcome:a})=>a==="failed");if(n)return`## \u274C Golem image: ${n.stage} failed
`;let i=e?`: ${o(e.summary)}`:"";return`## \u2705 Golem image${r?" published":""}${i}
`}function O({stage:t,reason:e,hint:r}){let n=(0,l.a)([e,r].filter(Boolean).join(`
`));return`**${t}**

${v(g(n,A))}`}function P({build:t,convert:e,publish:r}){let n=[...u("hash",r?.hash??e?.hash),...u("url",r?.url),...u("package",r?.package),...(r?.tags??[]).flatMap(i=>u("tag",i)),...N(e,r?.size),...u("sha256",e?.sha256),...u("built",t&&`with ${t.builder}`),...u("cache",e&&D(e)),...(r?.warnings??[]).flatMap(i=>u("\u26A0\uFE0F",i))];return n.length===0?"":b([["image",""],...n])}function u(t,e){return e===void 0?[]:[[t,o(e,L)]]}function N(t,e){let r=t?.size??e;if(r===void 0)return[];let n=[["size",`${p(r)} (${r} bytes)`]];if(t?.previous){let{hash:i,size:a}=t.previous;n.push(["change",`${q(r,a)} against ${o(i)}`])}if(t&&t.maxSize!==null){let i=Math.round(100*r/(t.maxSize*w)),a=r>t.maxSize*w?"\u274C ":"";n.push(["budget",`${a}${i} % of ${t.maxSize} MiB`])}return n}function q(t,e){let r=t-e;if(r===0)return"none";let n=r>0?"+":"\u2212",i=e===0?"":` (${n}${(100*Math.abs(r)/e).toFixed(1)} %)`;return`${n}${p(Math.abs(r))}${i}`}function D({cache:t,reusedShare:e}){return t==="hit"?"hit: converted before":t==="miss"?"miss":`near: ${Math.floor(e*100)} % reused from an earlier conversion`}var V={error:"\u274C error",warning:"\u26A0\uFE0F warning",info:"\u2139\uFE0F info"};function Y({findings:t}){if(t===void 0)return"";if(t.length===0)return`Lint found nothing.
`;let e=t.slice(0,T).map(({rule:i,severity:a,file:s,line:$,message:f})=>[V[a],o(i),o(`${s}:${$}`),o(f,_)]),r=t.length-e.length,n=b([["lint","rule","where","what"],...e]);return r>0?`${n}
\u2026 and ${r} more findings.
`:n}function K(t){if(!t)return"";let{memoryGib:e,storageGib:r,isExact:n}=t;return`A demand should ask for ${e} GiB of memory and ${r} GiB of storage (${n?"the least that works":"what the tests took"}, and a margin).
`}function X(t){let e=(t?.snippets??[]).map(({consumer:r,language:n,code:i})=>`<details><summary>${o(r)}</summary>

${v(i.trimEnd()).replace(/^(`+)text\n/,(a,s)=>`${s}${/^[a-z]+$/.test(n)?n:"text"}
`)}
</details>
`);return e.length===0?"":`Use it:

${e.join(`
`)}`}function J(t){let e=t.filter(({outcome:a})=>a!=="skipped"),[r]=e,n=t.filter(({outcome:a})=>a==="skipped").map(({stage:a,reason:s})=>`${j.skipped} ${a}: ${o(s)}
`).join(`
`);if(!r||e.length<2)return n;let i=["gantt","  dateFormat x","  axisFormat %M:%S","  section stages",...e.map(({stage:a,outcome:s,startedAt:$,durationMs:f})=>{let m=Math.max(0,Math.round($-r.startedAt)),B=s==="failed"?"crit, ":"";return`  ${`${a} ${(0,l.c)(f)}`} :${B}${m}, ${m+Math.max(1,Math.round(f))}`})];return`${n}
\`\`\`mermaid
${i.join(`
`)}
\`\`\`
`}async function x(t,e=process.env){e.GITHUB_STEP_SUMMARY&&await M.a.addRaw(I(t,{runUrl:c(e)}),!0).write()}function c(t){let{GITHUB_SERVER_URL:e,GITHUB_REPOSITORY:r}=t,{GITHUB_RUN_ID:n=""}=t;if(!e||!/^\d+$/.test(n)||!/^[\w.-]+\/[\w.-]+$/.test(r??""))return;let i=`${e}/${r}/actions/runs/${n}`;return URL.canParse(i)?new URL(i).href.replace(/[()]/g,encodeURIComponent):void 0}0&&(module.exports={appendSummary,runUrlOf});
