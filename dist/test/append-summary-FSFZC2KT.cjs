var m=Object.defineProperty;var x=Object.getOwnPropertyDescriptor;var U=Object.getOwnPropertyNames;var y=Object.prototype.hasOwnProperty;var B=(t,e)=>{for(var r in e)m(t,r,{get:e[r],enumerable:!0})},E=(t,e,r,n)=>{if(e&&typeof e=="object"||typeof e=="function")for(let a of U(e))!y.call(t,a)&&a!==r&&m(t,a,{get:()=>e[a],enumerable:!(n=x(e,a))||n.enumerable});return t};var R=t=>E(m({},"__esModule",{value:!0}),t);var Y={};B(Y,{appendSummary:()=>w,runUrlOf:()=>h});module.exports=R(Y);var s=require("./parts.cjs")("chunk-QYSJJUAJ.cjs"),d=require("./parts.cjs")("chunk-CQPJIFRD.cjs"),J=require("./parts.cjs")("chunk-TQSDWBYT.cjs"),p=require("./parts.cjs")("chunk-SMF2D6AI.cjs"),g=require("./parts.cjs")("chunk-TB73MUKM.cjs"),b=require("./parts.cjs")("chunk-JKYSSH77.cjs"),v=require("./parts.cjs")("chunk-3FXHWP5W.cjs"),K=require("./parts.cjs")("chunk-XYXBKHPU.cjs"),S=1e3*1024,k=100,F=1024,G=4096,c=1024**2,z={passed:"\u2705",failed:"\u274C",skipped:"\u23ED\uFE0F"};function _(t,{runUrl:e,maxBytes:r=S}={}){let n=Object.assign({},...t.map(i=>i.value)),a=[L(t,n),...t.filter(({outcome:i})=>i==="failed").map(T),A(n),P(n),...n.test?[n.test.markdown,D(n.test.requirements)]:[],N(n.publish),V(t),e===void 0?"":`[Logs and artifacts of this run](${e})
`].filter(i=>i!=="");return I(r,a)}function I(t,e){let r=`
_The rest does not fit here; it is in the log and in the reports._
`,n="";for(let a of e){let i=n===""?a:`${n}
${a}`;if(Buffer.byteLength(i)+Buffer.byteLength(r)>t)return n+r;n=i}return n}function L(t,{test:e,publish:r}){let n=t.find(({outcome:i})=>i==="failed");if(n)return`## \u274C Golem image: ${n.stage} failed
`;let a=e?`: ${(0,s.c)(e.summary)}`:"";return`## \u2705 Golem image${r?" published":""}${a}
`}function T({stage:t,reason:e,hint:r}){let n=(0,v.c)([e,r].filter(Boolean).join(`
`));return`**${t}**

${(0,s.d)((0,p.a)(n,G))}`}function A({build:t,convert:e,publish:r}){let n=[...o("hash",r?.hash??e?.hash),...o("url",r?.url),...o("package",r?.package),...(r?.tags??[]).flatMap(a=>o("tag",a)),...j(e,r?.size),...o("sha256",e?.sha256),...o("built",t&&`with ${t.builder}`),...o("cache",e&&O(e)),...(r?.warnings??[]).flatMap(a=>o("\u26A0\uFE0F",a))];return n.length===0?"":(0,s.b)([["image",""],...n])}function o(t,e){return e===void 0?[]:[[t,(0,s.c)(e)]]}function j(t,e){let r=t?.size??e;if(r===void 0)return[];let n=[["size",`${(0,d.a)(r)} (${r} bytes)`]];if(t?.previous){let{hash:a,size:i}=t.previous;n.push(["change",`${C(r,i)} against ${(0,s.c)(a)}`])}if(t&&t.maxSize!==null){let a=Math.round(100*r/(t.maxSize*c)),i=r>t.maxSize*c?"\u274C ":"";n.push(["budget",`${i}${a} % of ${t.maxSize} MiB`])}return n}function C(t,e){let r=t-e;if(r===0)return"none";let n=r>0?"+":"\u2212",a=e===0?"":` (${n}${(100*Math.abs(r)/e).toFixed(1)} %)`;return`${n}${(0,d.a)(Math.abs(r))}${a}`}function O({cache:t,reusedShare:e}){return t==="hit"?"hit: converted before":t==="miss"?"miss":`near: ${Math.floor(e*100)} % reused from an earlier conversion`}var H={error:"\u274C error",warning:"\u26A0\uFE0F warning",info:"\u2139\uFE0F info"};function P({findings:t}){if(t===void 0)return"";if(t.length===0)return`Lint found nothing.
`;let e=t.slice(0,k).map(({rule:a,severity:i,file:u,line:f,message:l})=>[H[i],(0,s.c)(a),(0,s.c)(`${u}:${f}`),(0,s.c)(l,F)]),r=t.length-e.length,n=(0,s.b)([["lint","rule","where","what"],...e]);return r>0?`${n}
\u2026 and ${r} more findings.
`:n}function D(t){if(!t)return"";let{memoryGib:e,storageGib:r,isExact:n}=t;return`A demand should ask for ${e} GiB of memory and ${r} GiB of storage (${n?"the least that works":"what the tests took"}, and a margin).
`}function N(t){let e=(t?.snippets??[]).map(({consumer:r,language:n,code:a})=>`<details><summary>${(0,s.c)(r)}</summary>

${(0,s.d)(a.trimEnd()).replace(/^(`+)text\n/,(i,u)=>`${u}${/^[a-z]+$/.test(n)?n:"text"}
`)}
</details>
`);return e.length===0?"":`Use it:

${e.join(`
`)}`}function V(t){let e=t.filter(({outcome:i})=>i!=="skipped"),[r]=e,n=t.filter(({outcome:i})=>i==="skipped").map(({stage:i,reason:u})=>`${z.skipped} ${i}: ${(0,s.c)(u)}
`).join(`
`);if(!r||e.length<2)return n;let a=["gantt","  dateFormat x","  axisFormat %M:%S","  section stages",...e.map(({stage:i,outcome:u,startedAt:f,durationMs:l})=>{let $=Math.max(0,Math.round(f-r.startedAt)),M=u==="failed"?"crit, ":"";return`  ${`${i} ${(0,g.a)(l)}`} :${M}${$}, ${$+Math.max(1,Math.round(l))}`})];return`${n}
\`\`\`mermaid
${a.join(`
`)}
\`\`\`
`}async function w(t,e=process.env){e.GITHUB_STEP_SUMMARY&&await b.a.addRaw(_(t,{runUrl:h(e)}),!0).write()}function h(t){let{GITHUB_SERVER_URL:e,GITHUB_REPOSITORY:r}=t,{GITHUB_RUN_ID:n=""}=t;if(!e||!/^\d+$/.test(n)||!/^[\w.-]+\/[\w.-]+$/.test(r??""))return;let a=`${e}/${r}/actions/runs/${n}`;return URL.canParse(a)?new URL(a).href.replace(/[()]/g,encodeURIComponent):void 0}0&&(module.exports={appendSummary,runUrlOf});
