var l=Object.defineProperty;var F=Object.getOwnPropertyDescriptor;var $=Object.getOwnPropertyNames;var p=Object.prototype.hasOwnProperty;var g=(r,e)=>{for(var t in e)l(r,t,{get:e[t],enumerable:!0})},v=(r,e,t,n)=>{if(e&&typeof e=="object"||typeof e=="function")for(let o of $(e))!p.call(r,o)&&o!==t&&l(r,o,{get:()=>e[o],enumerable:!(n=F(e,o))||n.enumerable});return r};var y=r=>v(l({},"__esModule",{value:!0}),r);var k={};g(k,{formatCheckstyle:()=>f});module.exports=y(k);var m=require("./parts.cjs")("chunk-ZOTWDZXU.cjs"),c=require("./parts.cjs")("chunk-NH32BQOA.cjs"),s=require("./parts.cjs")("chunk-6EQ4TUN2.cjs"),x=require("./parts.cjs")("chunk-TFEIAPEY.cjs"),h="4.3";function f(r,e){let t=new Map;for(let o of r)t.set(o.file,[...t.get(o.file)??[],o]);let n=[...t].map(([o,i])=>[`  <file name=${a((0,c.a)(o,e))}>
`,...i.map(u=>`    ${d(u)}
`),`  </file>
`].join(""));return`<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="${h}">
${n.join("")}</checkstyle>
`}function d(r){let{rule:e,severity:t,line:n,column:o}=r,i=a((0,m.a)(r));return`<error line="${n}" column="${o}" severity="${t}" message=${i} source="golem-image.${e}"/>`}function a(r){return`"${(0,s.b)(r).replace(/[\uFFFE\uFFFF]/g,"\uFFFD").replace(/[&<>"']/g,e=>`&#${e.charCodeAt(0)};`)}"`}0&&(module.exports={formatCheckstyle});
