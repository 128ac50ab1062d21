var p=Object.defineProperty;var $=Object.getOwnPropertyDescriptor;var y=Object.getOwnPropertyNames;var v=Object.prototype.hasOwnProperty;var w=(e,t)=>{for(var r in t)p(e,r,{get:t[r],enumerable:!0})},x=(e,t,r,i)=>{if(t&&typeof t=="object"||typeof t=="function")for(let n of y(t))!v.call(e,n)&&n!==r&&p(e,n,{get:()=>t[n],enumerable:!(i=$(t,n))||i.enumerable});return e};var S=e=>x(p({},"__esModule",{value:!0}),e);var T={};w(T,{initScript:()=>d});module.exports=S(T);var a=require("./parts.cjs")("chunk-AP4J26D3.cjs"),A=require("./parts.cjs")("chunk-UBEB4ZGK.cjs"),u=require("./parts.cjs")("chunk-2CRESWVB.cjs"),C=require("./parts.cjs")("chunk-5PKN3C4B.cjs"),H=require("./parts.cjs")("chunk-4MJAM6A2.cjs"),s=require("./parts.cjs")("chunk-6EQ4TUN2.cjs"),M=require("./parts.cjs")("chunk-TFEIAPEY.cjs");function m(e){let{argv:t,variables:r,unknownVariables:i,user:n,ports:f}=e,g=r.filter(({name:o})=>!(0,a.h)(o)).map(({name:o})=>o);return[...t.length===0?["The image has no ENTRYPOINT and no CMD: there is nothing to start."]:[],...(0,a.l)(e)&&t.length>0?["The program stays in the background, because it has ports and so does not end. Send what it","prints to a file in a volume instead of /dev/null to see it."]:[],...f.map(o=>`EXPOSE ${(0,s.a)(o)} has no effect: other nodes of a VPN reach it at this node's IP address.`),...n===void 0?[]:b(n),...(0,a.k)(e)||t.length===0?[]:["If the program gives up root by itself, let /bin/chmod +x / run first: some providers leave the","root directory to root alone."],...i.map(o=>`Set ${(0,s.a)(o)} as well: only the build knows its value.`),...g.map(o=>`A shell cannot set ${(0,s.a)(o)}: env does.`)]}function b(e){let t=(0,a.m)(e)?"su":"setpriv of util-linux";return[`USER ${(0,s.a)(e)} has no effect, all commands run as root: ${t} changes to it.`,.../^\d+$/.test(e)?["The group is taken to have the same number."]:[]]}function l(e,t){return e.map(r=>`${t} ${r}
`).join("")}var O=e=>(0,u.a)(e).split("${").join("$''{");function P(e){return e.includes("${")}function c(e){return JSON.stringify(e).replace(/[^\x20-\x7E\p{L}\p{M}\p{N}\p{P}\p{S}\p{Co}\u{10000}-\u{10FFFF}]/gu,t=>`\\u${t.charCodeAt(0).toString(16).padStart(4,"0")}`)}function h(e){return`[${e.map(c).join(", ")}]`}function j(e){let t=(0,a.i)(e,{quote:O,isPlain:r=>!P(r)}).map(r=>`      - ${h(r)}
`).join("");return`${l(m(e),"#")}payloads:
  my-payload:
    runtime: "vm"
    params:
      image_hash: "<hash>"
      image_url: "<url>"
nodes:
  my-node:
    payload: "my-payload"
    init:${t===""?` []
`:`
${t}`}`}function k({variables:e,unknownVariables:t}){return[l(["ENV of the image, which most providers drop. Transfer it into a volume and set it with each command:",'["/bin/sh", "-c", "set -a; . /golem/input/.env; exec PROGRAM"]'],"#"),...e.map(({name:r,value:i})=>{if(!(0,a.h)(r))return`# A shell cannot set ${(0,s.a)(r)}.
`;let n=F(i);return`${n.isForShellsOnly?`# The next value is for shells only.
`:""}${r}=${n.text}
`}),...t.map(r=>`# Only the build knows ${(0,s.a)(r)}.
`)].join("")}function F(e){return e.includes("'")?/["$`\\\n\r]/.test(e)?{text:(0,u.a)(e),isForShellsOnly:!0}:{text:`"${e}"`,isForShellsOnly:!1}:{text:e===""?"":(0,u.a)(e),isForShellsOnly:/[\\\r]/.test(e)}}function E(e){let t=(0,a.i)(e).map(([i="",...n])=>`  console.log((await exe.run(${c(i)}, ${h(n)})).stdout);
`),r=(0,a.l)(e)?`  // Use the service here: it ends with the rental.
`:"";return`${l(m(e),"//")}import { GolemNetwork } from "@golem-sdk/golem-js";

const order = {
  demand: {
    // Or imageTag: "user/repository:tag" instead of both.
    workload: { imageHash: "<hash>", imageUrl: "<url>" },
  },
  market: {
    rentHours: 1,
    pricing: {
      model: "linear",
      maxStartPrice: 0.5,
      maxCpuPerHourPrice: 1.0,
      maxEnvPerHourPrice: 0.5,
    },
  },
};

const golem = new GolemNetwork();
try {
  await golem.connect();
  const rental = await golem.oneOf({ order });
  const exe = await rental.getExeUnit();
${t.join("")}${r}  await rental.stopAndFinalize();
} finally {
  await golem.disconnect();
}
`}function N(e){let t=(0,a.i)(e).map(r=>`        script.run(${r.map(c).join(", ")})
`);return`${l(m(e),"#")}from yapapi.payload import vm
from yapapi.services import Service


class MyService(Service):
    @staticmethod
    async def get_payload():
        # Or image_tag="user/repository:tag" instead of both.
        return await vm.repo(image_hash="<hash>", image_url="<url>")

    async def start(self):
        async for script in super().start():
            yield script
        script = self._ctx.new_script()
${t.join("")}        yield script
`}function d(e,t){switch(e){case"dapp-runner":return j(t);case"golem-js":return E(t);case"yapapi":return N(t);case"env":return k(t);case"sh":return`#!/bin/sh
${l(m(t),"#")}${(0,a.j)(t).map(r=>`${r}
`).join("")}`}}0&&(module.exports={initScript});
