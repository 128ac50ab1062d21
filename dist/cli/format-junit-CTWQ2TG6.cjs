var f=Object.defineProperty;var x=Object.getOwnPropertyDescriptor;var b=Object.getOwnPropertyNames;var A=Object.prototype.hasOwnProperty;var C=(e,t)=>{for(var r in t)f(e,r,{get:t[r],enumerable:!0})},F=(e,t,r,i)=>{if(t&&typeof t=="object"||typeof t=="function")for(let n of b(t))!A.call(e,n)&&n!==r&&f(e,n,{get:()=>t[n],enumerable:!(i=x(t,n))||i.enumerable});return e};var R=e=>F(f({},"__esModule",{value:!0}),e);var J={};C(J,{formatJunit:()=>h});module.exports=R(J);var $=require("./parts.cjs")("chunk-NWWH3E3P.cjs"),M=require("./parts.cjs")("chunk-6UAP7YBG.cjs"),U=require("./parts.cjs")("chunk-YJNUXLVS.cjs"),a=require("./parts.cjs")("chunk-CGSTUMK5.cjs"),j=require("./parts.cjs")("chunk-VYY4EGYO.cjs"),q=require("./parts.cjs")("chunk-I5STOQW5.cjs"),z=require("./parts.cjs")("chunk-6EQ4TUN2.cjs"),D=require("./parts.cjs")("chunk-TFEIAPEY.cjs"),T=32*1024*1024,_=64*1024;function h(e){let t=new M.b(T,_),r=e.profiles.flatMap(a.a);return[`<?xml version="1.0" encoding="UTF-8"?>
`,`<testsuites name=${p(e.image)} ${v(r)} time="${k(e.durationMs)}">
`,...e.profiles.map(i=>w(i,e,t)),`</testsuites>
`].join("")}function w(e,{startedAt:t},r){let i=(0,a.a)(e),{skipped:n}=(0,a.b)(i),o=i.reduce((s,{durationMs:u})=>s+u,e.readyMs??0),m=t.slice(0,19),l=[["profile",e.profile],["runtime",`${e.runtime.name} ${e.runtime.version}`],["accelerator",e.accelerator],["ready",e.readyMs===null?"never":`${e.readyMs} ms`],...(0,$.a)(e.limits).map(([s,u])=>[`limit: ${s}`,u]),...(0,$.b)(e).map(s=>[`peak: ${s.name}`,(0,$.c)(s)]),["repeat",e.repeatCommand]].map(([s="",u=""])=>`      <property name=${p(s)} value=${p(u)}/>
`),c=`golem-image.${e.profile.replaceAll(".","_")}`;return[`  <testsuite name=${p(e.profile)} ${v(i)} skipped="${n}" time="${k(o)}" timestamp="${m}">
`,`    <properties>
${l.join("")}    </properties>
`,...i.map(s=>B(s,c,r)),...d("system-out",e.console.tail,r,"    "),`  </testsuite>
`].join("")}function B(e,t,r){let{name:i,durationMs:n,test:o}=e,m=[E(e,r),...d("system-out",o?y(o,"stdout"):"",r,"      "),...d("system-err",o?y(o,"stderr"):"",r,"      ")].join(""),l=`    <testcase name=${p(i)} classname=${p(t)} time="${k(n)}"`;return m===""?`${l}/>
`:`${l}>
${m}    </testcase>
`}function E(e,t){let{verdict:r,test:i,message:n,repeatCommand:o}=e,[m,l]={passed:["",""],skipped:["skipped",""],flaky:["flakyFailure",i?.kind??""],failed:i?["failure",i.kind]:["error","vm"]}[r];if(m==="")return"";let c=`${l?` type=${p(l)}`:""} message=${p(n)}`;if(r==="skipped")return`      <skipped${c}/>
`;let s=i?.source?[`${i.source.file}:${i.source.line}`]:[],u=[...(0,a.c)(e),...s,`Repeat it: ${o}`].join(`
`);return`      <${m}${c}>${g(t.take(u))}</${m}>
`}function y({steps:e},t){return e.filter(r=>r[t].text!==""||t==="stdout"&&r.command.length>0).map(r=>`$ ${(0,a.d)(r)}
${r[t].text}`).join(`
`)}function d(e,t,r,i){return t===""?[]:[`${i}<${e}>${g(r.take(t))}</${e}>
`]}function v(e){let t=e.filter(({verdict:i})=>i==="failed"),r=t.filter(({test:i})=>i===null).length;return`tests="${e.length}" failures="${t.length-r}" errors="${r}"`}function k(e){return(e/1e3).toFixed(3)}function p(e){return`"${g((0,j.b)(e))}"`}function g(e){return e.replace(/[&<>"']/g,t=>`&#${t.charCodeAt(0)};`)}0&&(module.exports={formatJunit});
