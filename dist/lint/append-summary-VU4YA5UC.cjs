var $=Object.defineProperty;var U=Object.getOwnPropertyDescriptor;var y=Object.getOwnPropertyNames;var S=Object.prototype.hasOwnProperty;var B=(t,e)=>{for(var r in e)$(t,r,{get:e[r],enumerable:!0})},E=(t,e,r,n)=>{if(e&&typeof e=="object"||typeof e=="function")for(let a of y(e))!S.call(t,a)&&a!==r&&$(t,a,{get:()=>e[a],enumerable:!(n=U(e,a))||n.enumerable});return t};var F=t=>E($({},"__esModule",{value:!0}),t);var Q={};B(Q,{appendSummary:()=>M,runUrlOf:()=>c});module.exports=F(Q);var l=require("./parts.cjs")("chunk-7QLQ3TB6.cjs"),v=require("./parts.cjs")("chunk-AFLATW4A.cjs"),h=require("./parts.cjs")("chunk-TFPJ2JGN.cjs"),X=require("./parts.cjs")("chunk-LPZBQHKU.cjs"),Z=1024*1024;function p(t,e){if(t.length<=e)return t;let r=Math.floor(e/2),n=t.length-2*r,a=r===0?"":t.slice(-r);return`${t.slice(0,r)}
[... ${n} characters are left out of this report]
${a}`}var tt=64*1024,et=4*1024,R=200;function g(t){let[e=[],...r]=t.map(a=>`| ${a.join(" | ")} |`),n=`|${" --- |".repeat(t[0]?.length??0)}`;return`${[e,n,...r].join(`
`)}
`}function o(t,e=R){return`<code>${k((0,l.b)(p(t,e)))}</code>`}function k(t){return t.replace(/(?<=www)\.|[^\p{L}\p{N} /=,.-]/giu,e=>`&#${e.codePointAt(0)};`)}function b(t){let e=Math.max(2,...[...t.matchAll(/`+/g)].map(([n])=>n.length)),r="`".repeat(e+1);return`${r}text
${t}
${r}
`}var G=1e3*1024,z=100,_=1024,A=4096,L=4096,w=1024**2,j={passed:"\u2705",failed:"\u274C",skipped:"\u23ED\uFE0F"};function I(t,{runUrl:e,maxBytes:r=G}={}){let n=Object.assign({},...t.map(i=>i.value)),a=[C(t,n),...t.filter(({outcome:i})=>i==="failed").map(H),O(n),Y(n),...n.test?[n.test.markdown,q(n.test.requirements)]:[],J(n.publish),K(t),e===void 0?"":`[Logs and artifacts of this run](${e})
`].filter(i=>i!=="");return T(r,a)}function T(t,e){let r=`
_The rest does not fit here; it is in the log and in the reports._
`,n="";for(let a of e){let i=n===""?a:`${n}
${a}`;if(Buffer.byteLength(i)+Buffer.byteLength(r)>t)return n+r;n=i}return n}function C(t,{test:e,publish:r}){let n=t.find(({outcome:i})=>i==="failed");if(n)return`## \u274C Golem image: ${n.stage} failed
`;let a=e?`: ${o(e.summary)}`:"";return`## \u2705 Golem image${r?" published":""}${a}
`}function H({stage:t,reason:e,hint:r}){let n=(0,l.a)([e,r].filter(Boolean).join(`
`));return`**${t}**

${b(p(n,A))}`}function O({build:t,convert:e,publish:r}){let n=[...s("hash",r?.hash??e?.hash),...s("url",r?.url),...s("package",r?.package),...(r?.tags??[]).flatMap(a=>s("tag",a)),...P(e,r?.size),...s("sha256",e?.sha256),...s("built",t&&`with ${t.builder}`),...s("cache",e&&N(e)),...(r?.warnings??[]).flatMap(a=>s("\u26A0\uFE0F",a))];return n.length===0?"":g([["image",""],...n])}function s(t,e){return e===void 0?[]:[[t,o(e,L)]]}function P(t,e){let r=t?.size??e;if(r===void 0)return[];let n=[["size",`${(0,h.a)(r)} (${r} bytes)`]];if(t?.previous){let{hash:a,size:i}=t.previous;n.push(["change",`${D(r,i)} against ${o(a)}`])}if(t&&t.maxSize!==null){let a=Math.round(100*r/(t.maxSize*w)),i=r>t.maxSize*w?"\u274C ":"";n.push(["budget",`${i}${a} % of ${t.maxSize} MiB`])}return n}function D(t,e){let r=t-e;if(r===0)return"none";let n=r>0?"+":"\u2212",a=e===0?"":` (${n}${(100*Math.abs(r)/e).toFixed(1)} %)`;return`${n}${(0,h.a)(Math.abs(r))}${a}`}function N({cache:t,reusedShare:e}){return t==="hit"?"hit: converted before":t==="miss"?"miss":`near: ${Math.floor(e*100)} % reused from an earlier conversion`}var V={error:"\u274C error",warning:"\u26A0\uFE0F warning",info:"\u2139\uFE0F info"};function Y({findings:t}){if(t===void 0)return"";if(t.length===0)return`Lint found nothing.
`;let e=t.slice(0,z).map(({rule:a,severity:i,file:u,line:m,message:f})=>[V[i],o(a),o(`${u}:${m}`),o(f,_)]),r=t.length-e.length,n=g([["lint","rule","where","what"],...e]);return r>0?`${n}
\u2026 and ${r} more findings.
`:n}function q(t){if(!t)return"";let{memoryGib:e,storageGib:r,isExact:n}=t;return`A demand should ask for ${e} GiB of memory and ${r} GiB of storage (${n?"the least that works":"what the tests took"}, and a margin).
`}function J(t){let e=(t?.snippets??[]).map(({consumer:r,language:n,code:a})=>`<details><summary>${o(r)}</summary>

${b(a.trimEnd()).replace(/^(`+)text\n/,(i,u)=>`${u}${/^[a-z]+$/.test(n)?n:"text"}
`)}
</details>
`);return e.length===0?"":`Use it:

${e.join(`
`)}`}function K(t){let e=t.filter(({outcome:i})=>i!=="skipped"),[r]=e,n=t.filter(({outcome:i})=>i==="skipped").map(({stage:i,reason:u})=>`${j.skipped} ${i}: ${o(u)}
`).join(`
`);if(!r||e.length<2)return n;let a=["gantt","  dateFormat x","  axisFormat %M:%S","  section stages",...e.map(({stage:i,outcome:u,startedAt:m,durationMs:f})=>{let d=Math.max(0,Math.round(m-r.startedAt)),x=u==="failed"?"crit, ":"";return`  ${`${i} ${(0,l.c)(f)}`} :${x}${d}, ${d+Math.max(1,Math.round(f))}`})];return`${n}
\`\`\`mermaid
${a.join(`
`)}
\`\`\`
`}async function M(t,e=process.env){e.GITHUB_STEP_SUMMARY&&await v.a.addRaw(I(t,{runUrl:c(e)}),!0).write()}function c(t){let{GITHUB_SERVER_URL:e,GITHUB_REPOSITORY:r}=t,{GITHUB_RUN_ID:n=""}=t;if(!e||!/^\d+$/.test(n)||!/^[\w.-]+\/[\w.-]+$/.test(r??""))return;let a=`${e}/${r}/actions/runs/${n}`;return URL.canParse(a)?new URL(a).href.replace(/[()]/g,encodeURIComponent):void 0}0&&(module.exports={appendSummary,runUrlOf});
