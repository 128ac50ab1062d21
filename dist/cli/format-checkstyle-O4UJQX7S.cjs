var m=Object.defineProperty;var $=Object.getOwnPropertyDescriptor;var p=Object.getOwnPropertyNames;var g=Object.prototype.hasOwnProperty;var y=(r,e)=>{for(var o in e)m(r,o,{get:e[o],enumerable:!0})},h=(r,e,o,n)=>{if(e&&typeof e=="object"||typeof e=="function")for(let t of p(e))!g.call(r,t)&&t!==o&&m(r,t,{get:()=>e[t],enumerable:!(n=$(e,t))||n.enumerable});return r};var v=r=>h(m({},"__esModule",{value:!0}),r);var b={};y(b,{formatCheckstyle:()=>c});module.exports=v(b);var i=require("./chunk-IEBPQPGX.cjs"),u=require("./chunk-PGOSKP2L.cjs"),l=require("./chunk-M5OTM5OJ.cjs"),k="4.3";function c(r,e){let o=new Map;for(let t of r)o.set(t.file,[...o.get(t.file)??[],t]);let n=[...o].map(([t,a])=>[`  <file name=${s((0,i.b)(t,e))}>
`,...a.map(F=>`    ${f(F)}
`),`  </file>
`].join(""));return`<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="${k}">
${n.join("")}</checkstyle>
`}(0,l.a)(c,"formatCheckstyle");function f(r){let{rule:e,severity:o,line:n,column:t}=r,a=s((0,i.a)(r));return`<error line="${n}" column="${t}" severity="${o}" message=${a} source="golem-image.${e}"/>`}(0,l.a)(f,"errorElement");function s(r){return`"${(0,u.b)(r).replace(/[\uFFFE\uFFFF]/g,"\uFFFD").replace(/[&<>"']/g,e=>`&#${e.charCodeAt(0)};`)}"`}(0,l.a)(s,"attribute");0&&(module.exports={formatCheckstyle});
