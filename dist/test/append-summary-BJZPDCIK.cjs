var m=Object.defineProperty;var x=Object.getOwnPropertyDescriptor;var U=Object.getOwnPropertyNames;var y=Object.prototype.hasOwnProperty;var B=(e,t)=>{for(var r in t)m(e,r,{get:t[r],enumerable:!0})},E=(e,t,r,n)=>{if(t&&typeof t=="object"||typeof t=="function")for(let a of U(t))!y.call(e,a)&&a!==r&&m(e,a,{get:()=>t[a],enumerable:!(n=x(t,a))||n.enumerable});return e};var R=e=>E(m({},"__esModule",{value:!0}),e);var q={};B(q,{appendSummary:()=>M,runUrlOf:()=>h});module.exports=R(q);var s=require("./parts.cjs")("chunk-QYSJJUAJ.cjs"),d=require("./parts.cjs")("chunk-CQPJIFRD.cjs"),J=require("./parts.cjs")("chunk-TQSDWBYT.cjs"),p=require("./parts.cjs")("chunk-SMF2D6AI.cjs"),g=require("./parts.cjs")("chunk-TB73MUKM.cjs"),b=require("./parts.cjs")("chunk-JKYSSH77.cjs"),w=require("./parts.cjs")("chunk-3FXHWP5W.cjs"),K=require("./parts.cjs")("chunk-XYXBKHPU.cjs"),S=1e3*1024,k=100,F=1024,G=4096,z=4096,c=1024**2,_={passed:"\u2705",failed:"\u274C",skipped:"\u23ED\uFE0F"};function I(e,{runUrl:t,maxBytes:r=S}={}){let n=Object.assign({},...e.map(i=>i.value)),a=[T(e,n),...e.filter(({outcome:i})=>i==="failed").map(A),j(n),D(n),...n.test?[n.test.markdown,N(n.test.requirements)]:[],V(n.publish),Y(e),t===void 0?"":`[Logs and artifacts of this run](${t})
`].filter(i=>i!=="");return L(r,a)}function L(e,t){let r=`
_The rest does not fit here; it is in the log and in the reports._
`,n="";for(let a of t){let i=n===""?a:`${n}
${a}`;if(Buffer.byteLength(i)+Buffer.byteLength(r)>e)return n+r;n=i}return n}function T(e,{test:t,publish:r}){let n=e.find(({outcome:i})=>i==="failed");if(n)return`## \u274C Golem image: ${n.stage} failed
`;let a=t?`: ${(0,s.c)(t.summary)}`:"";return`## \u2705 Golem image${r?" published":""}${a}
`}function A({stage:e,reason:t,hint:r}){let n=(0,w.c)([t,r].filter(Boolean).join(`
`));return`**${e}**

${(0,s.d)((0,p.a)(n,G))}`}function j({build:e,convert:t,publish:r}){let n=[...o("hash",r?.hash??t?.hash),...o("url",r?.url),...o("package",r?.package),...(r?.tags??[]).flatMap(a=>o("tag",a)),...C(t,r?.size),...o("sha256",t?.sha256),...o("built",e&&`with ${e.builder}`),...o("cache",t&&O(t)),...(r?.warnings??[]).flatMap(a=>o("\u26A0\uFE0F",a))];return n.length===0?"":(0,s.b)([["image",""],...n])}function o(e,t){return t===void 0?[]:[[e,(0,s.c)(t,z)]]}function C(e,t){let r=e?.size??t;if(r===void 0)return[];let n=[["size",`${(0,d.a)(r)} (${r} bytes)`]];if(e?.previous){let{hash:a,size:i}=e.previous;n.push(["change",`${H(r,i)} against ${(0,s.c)(a)}`])}if(e&&e.maxSize!==null){let a=Math.round(100*r/(e.maxSize*c)),i=r>e.maxSize*c?"\u274C ":"";n.push(["budget",`${i}${a} % of ${e.maxSize} MiB`])}return n}function H(e,t){let r=e-t;if(r===0)return"none";let n=r>0?"+":"\u2212",a=t===0?"":` (${n}${(100*Math.abs(r)/t).toFixed(1)} %)`;return`${n}${(0,d.a)(Math.abs(r))}${a}`}function O({cache:e,reusedShare:t}){return e==="hit"?"hit: converted before":e==="miss"?"miss":`near: ${Math.floor(t*100)} % reused from an earlier conversion`}var P={error:"\u274C error",warning:"\u26A0\uFE0F warning",info:"\u2139\uFE0F info"};function D({findings:e}){if(e===void 0)return"";if(e.length===0)return`Lint found nothing.
`;let t=e.slice(0,k).map(({rule:a,severity:i,file:u,line:f,message:l})=>[P[i],(0,s.c)(a),(0,s.c)(`${u}:${f}`),(0,s.c)(l,F)]),r=e.length-t.length,n=(0,s.b)([["lint","rule","where","what"],...t]);return r>0?`${n}
\u2026 and ${r} more findings.
`:n}function N(e){if(!e)return"";let{memoryGib:t,storageGib:r,isExact:n}=e;return`A demand should ask for ${t} GiB of memory and ${r} GiB of storage (${n?"the least that works":"what the tests took"}, and a margin).
`}function V(e){let t=(e?.snippets??[]).map(({consumer:r,language:n,code:a})=>`<details><summary>${(0,s.c)(r)}</summary>

${(0,s.d)(a.trimEnd()).replace(/^(`+)text\n/,(i,u)=>`${u}${/^[a-z]+$/.test(n)?n:"text"}
`)}
</details>
`);return t.length===0?"":`Use it:

${t.join(`
`)}`}function Y(e){let t=e.filter(({outcome:i})=>i!=="skipped"),[r]=t,n=e.filter(({outcome:i})=>i==="skipped").map(({stage:i,reason:u})=>`${_.skipped} ${i}: ${(0,s.c)(u)}
`).join(`
`);if(!r||t.length<2)return n;let a=["gantt","  dateFormat x","  axisFormat %M:%S","  section stages",...t.map(({stage:i,outcome:u,startedAt:f,durationMs:l})=>{let $=Math.max(0,Math.round(f-r.startedAt)),v=u==="failed"?"crit, ":"";return`  ${`${i} ${(0,g.a)(l)}`} :${v}${$}, ${$+Math.max(1,Math.round(l))}`})];return`${n}
\`\`\`mermaid
${a.join(`
`)}
\`\`\`
`}async function M(e,t=process.env){t.GITHUB_STEP_SUMMARY&&await b.a.addRaw(I(e,{runUrl:h(t)}),!0).write()}function h(e){let{GITHUB_SERVER_URL:t,GITHUB_REPOSITORY:r}=e,{GITHUB_RUN_ID:n=""}=e;if(!t||!/^\d+$/.test(n)||!/^[\w.-]+\/[\w.-]+$/.test(r??""))return;let a=`${t}/${r}/actions/runs/${n}`;return URL.canParse(a)?new URL(a).href.replace(/[()]/g,encodeURIComponent):void 0}0&&(module.exports={appendSummary,runUrlOf});
