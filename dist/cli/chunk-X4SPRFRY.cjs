var s=Object.defineProperty;var m=Object.getOwnPropertyDescriptor;var c=Object.getOwnPropertyNames;var g=Object.prototype.hasOwnProperty;var u=(e,t)=>{for(var o in t)s(e,o,{get:t[o],enumerable:!0})},$=(e,t,o,r)=>{if(t&&typeof t=="object"||typeof t=="function")for(let i of c(t))!g.call(e,i)&&i!==o&&s(e,i,{get:()=>t[i],enumerable:!(r=m(t,i))||r.enumerable});return e};var h=e=>$(s({},"__esModule",{value:!0}),e);var k={};u(k,{a:()=>a,b:()=>f});module.exports=h(k);var n=require("./chunk-M5OTM5OJ.cjs"),p={dockerfile:"Dockerfile",config:"image configuration",files:"image files"};function a({depths:e}){return e.map(t=>p[t]).join(", ")}(0,n.a)(a,"describeDepths");function f(e){let{page:t,proof:o=[]}=e;return`${[`# ${e.id}: ${e.name}`,e.summary,`Severity: ${e.severity}. Looks at: ${a(e)}.`,"## Why",e.why,"## Bad",l(t.bad),"## Good",l(t.good),e.cure,"## Providers affected",t.affected,...o.length===0?[]:["## Proof","These tests boot an image that breaks the rule, and one that keeps it:",o.map(r=>`- ${r}`).join(`
`)],"## Leaving it out",d(e)].join(`

`)}
`}(0,n.a)(f,"rulePage");function d({id:e,depths:t}){let o=`\`lint: {ignore: [${e}]}\` in golem-image.yml, or \`--ignore ${e}\``;return t.includes("dockerfile")?`For one instruction a comment above it, \`# golem-lint ignore=${e} the reason\`; for all ${o}.`:`${o}.`}(0,n.a)(d,"leavingOut");function l(e){let t=e.split(`
`).find(o=>o.trim()!==""&&!o.startsWith("#"));return`\`\`\`${/^[A-Z]+ /.test(t??"")?"dockerfile":""}
${e.trimEnd()}
\`\`\``}(0,n.a)(l,"example");0&&(module.exports={a,b});
