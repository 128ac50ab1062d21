var d=Object.defineProperty;var x=Object.getOwnPropertyDescriptor;var A=Object.getOwnPropertyNames;var C=Object.prototype.hasOwnProperty;var b=(e,t)=>{for(var r in t)d(e,r,{get:t[r],enumerable:!0})},F=(e,t,r,i)=>{if(t&&typeof t=="object"||typeof t=="function")for(let n of A(t))!C.call(e,n)&&n!==r&&d(e,n,{get:()=>t[n],enumerable:!(i=x(t,n))||i.enumerable});return e};var R=e=>F(d({},"__esModule",{value:!0}),e);var J={};b(J,{formatJunit:()=>h});module.exports=R(J);var $=require("./parts.cjs")("chunk-CQPJIFRD.cjs"),a=require("./parts.cjs")("chunk-TQSDWBYT.cjs"),M=require("./parts.cjs")("chunk-SMF2D6AI.cjs"),U=require("./parts.cjs")("chunk-TB73MUKM.cjs"),j=require("./parts.cjs")("chunk-3FXHWP5W.cjs"),q=require("./parts.cjs")("chunk-XYXBKHPU.cjs"),T=32*1024*1024,_=64*1024;function h(e){let t=new M.b(T,_),r=e.profiles.flatMap(a.a);return[`<?xml version="1.0" encoding="UTF-8"?>
`,`<testsuites name=${l(e.image)} ${v(r)} time="${k(e.durationMs)}">
`,...e.profiles.map(i=>w(i,e,t)),`</testsuites>
`].join("")}function w(e,{startedAt:t},r){let i=(0,a.a)(e),{skipped:n}=(0,a.b)(i),o=i.reduce((s,{durationMs:u})=>s+u,e.readyMs??0),m=t.slice(0,19),p=[["profile",e.profile],["runtime",`${e.runtime.name} ${e.runtime.version}`],["accelerator",e.accelerator],["ready",e.readyMs===null?"never":`${e.readyMs} ms`],...(0,$.b)(e.limits).map(([s,u])=>[`limit: ${s}`,u]),...(0,$.c)(e).map(s=>[`peak: ${s.name}`,(0,$.d)(s)]),["repeat",e.repeatCommand]].map(([s="",u=""])=>`      <property name=${l(s)} value=${l(u)}/>
`),c=`golem-image.${e.profile.replaceAll(".","_")}`;return[`  <testsuite name=${l(e.profile)} ${v(i)} skipped="${n}" time="${k(o)}" timestamp="${m}">
`,`    <properties>
${p.join("")}    </properties>
`,...i.map(s=>B(s,c,r)),...f("system-out",e.console.tail,r,"    "),`  </testsuite>
`].join("")}function B(e,t,r){let{name:i,durationMs:n,test:o}=e,m=[E(e,r),...f("system-out",o?y(o,"stdout"):"",r,"      "),...f("system-err",o?y(o,"stderr"):"",r,"      ")].join(""),p=`    <testcase name=${l(i)} classname=${l(t)} time="${k(n)}"`;return m===""?`${p}/>
`:`${p}>
${m}    </testcase>
`}function E(e,t){let{verdict:r,test:i,message:n,repeatCommand:o}=e,[m,p]={passed:["",""],skipped:["skipped",""],flaky:["flakyFailure",i?.kind??""],failed:i?["failure",i.kind]:["error","vm"]}[r];if(m==="")return"";let c=`${p?` type=${l(p)}`:""} message=${l(n)}`;if(r==="skipped")return`      <skipped${c}/>
`;let s=i?.source?[`${i.source.file}:${i.source.line}`]:[],u=[...(0,a.c)(e),...s,`Repeat it: ${o}`].join(`
`);return`      <${m}${c}>${g(t.take(u))}</${m}>
`}function y({steps:e},t){return e.filter(r=>r[t].text!==""||t==="stdout"&&r.command.length>0).map(r=>`$ ${(0,a.d)(r)}
${r[t].text}`).join(`
`)}function f(e,t,r,i){return t===""?[]:[`${i}<${e}>${g(r.take(t))}</${e}>
`]}function v(e){let t=e.filter(({verdict:i})=>i==="failed"),r=t.filter(({test:i})=>i===null).length;return`tests="${e.length}" failures="${t.length-r}" errors="${r}"`}function k(e){return(e/1e3).toFixed(3)}function l(e){return`"${g((0,j.d)(e))}"`}function g(e){return e.replace(/[&<>"']/g,t=>`&#${t.charCodeAt(0)};`)}0&&(module.exports={formatJunit});
