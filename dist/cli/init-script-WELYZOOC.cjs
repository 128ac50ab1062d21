var y=Object.defineProperty;var V=Object.getOwnPropertyDescriptor;var C=Object.getOwnPropertyNames;var D=Object.prototype.hasOwnProperty;var M=(e,t)=>{for(var n in t)y(e,n,{get:t[n],enumerable:!0})},W=(e,t,n,r)=>{if(t&&typeof t=="object"||typeof t=="function")for(let o of C(t))!D.call(e,o)&&o!==n&&y(e,o,{get:()=>t[o],enumerable:!(r=V(t,o))||r.enumerable});return e};var L=e=>W(y({},"__esModule",{value:!0}),e);var z={};M(z,{initScript:()=>b});module.exports=L(z);var I=require("./chunk-GNVMMSGO.cjs"),X=require("./chunk-JD5RK4XR.cjs"),l=require("./chunk-PGOSKP2L.cjs"),i=require("./chunk-M5OTM5OJ.cjs"),q=require("node:path"),m=(0,i.a)(e=>/^[\w@%+=:,./-]+$/.test(e)?e:`'${e.replaceAll("'","'\\''")}'`,"quoteWord"),B=(0,i.a)(e=>m(e).split("${").join("$''{"),"quoteWordWithoutReferences");function j(e){return e.includes("${")}(0,i.a)(j,"hasReference");function f(e){return JSON.stringify(e).replace(/[^\x20-\x7E\p{L}\p{M}\p{N}\p{P}\p{S}\p{Co}\u{10000}-\u{10FFFF}]/gu,t=>`\\u${t.charCodeAt(0).toString(16).padStart(4,"0")}`)}(0,i.a)(f,"quoteText");function x(e){return`[${e.map(f).join(", ")}]`}(0,i.a)(x,"quoteArgv");var G=new Set(["UID","EUID","PPID","BASHOPTS","SHELLOPTS","BASH_VERSINFO"]);function p(e){return/^[A-Za-z_]\w*$/.test(e)&&!G.has(e)}(0,i.a)(p,"isShellName");function $(e,{quote:t=m,isPlain:n=(0,i.a)(()=>!0,"isPlain")}={}){let r=S(e,t),{argv:o}=e,u=r?.text!==`exec ${o.map(t).join(" ")}`||!o[0]?.startsWith("/")||!o.every(n);return[...g(e)?[["/bin/chmod","+x","/"]]:[],...r?[u?["/bin/sh","-c",r.text]:o]:[]]}(0,i.a)($,"initCommands");function k(e){return[...g(e)?["chmod +x /"]:[],...S(e,m)?.lines??[]]}(0,i.a)(k,"initShellLines");function g({user:e,argv:t}){let n=q.posix.basename(t[0]??"");return e!==void 0||I.i.some(r=>r.dropsPrivileges&&r.programs.includes(n))}(0,i.a)(g,"opensRoot");function v({ports:e}){return e.length>0}(0,i.a)(v,"staysInBackground");function S(e,t){let{argv:n,user:r,variables:o}=e;if(n.length===0)return;let u=v(e)?" >/dev/null 2>&1 &":"",h=E(n,o).map(t).join(" "),a=o.filter(({name:s})=>p(s)).map(({name:s,value:H})=>`${s}=${t(H)}`),P=a.length===0?"":`export ${a.join(" ")}; `;if(r!==void 0&&w(r)){let s=`exec su -s /bin/sh ${t(r)} -c ${t(`${P}exec ${h}`)}${u}`;return{lines:[s],text:s}}let O=`exec ${r===void 0?"":F(r,t)}${h}${u}`;return{lines:[...a.map(s=>`export ${s}`),O],text:P+O}}(0,i.a)(S,"startScript");function E(e,t){let n=t.filter(({name:r})=>!p(r));return n.length===0?e:["/usr/bin/env",...n.map(({name:r,value:o})=>`${r}=${o}`),...e]}(0,i.a)(E,"withOddVariables");function w(e){return!/^\d+$/.test(e)&&!e.includes(":")}(0,i.a)(w,"canUseSu");function F(e,t){let[n="",r=n]=e.split(":");return`/usr/bin/setpriv --reuid=${t(n)} --regid=${t(r)} --clear-groups `}(0,i.a)(F,"setpriv");function d(e){let{argv:t,variables:n,unknownVariables:r,user:o,ports:u}=e,h=n.filter(({name:a})=>!p(a)).map(({name:a})=>a);return[...t.length===0?["The image has no ENTRYPOINT and no CMD: there is nothing to start."]:[],...v(e)&&t.length>0?["The program stays in the background, because it has ports and so does not end. Send what it","prints to a file in a volume instead of /dev/null to see it."]:[],...u.map(a=>`EXPOSE ${(0,l.a)(a)} has no effect: other nodes of a VPN reach it at this node's IP address.`),...o===void 0?[]:T(o),...g(e)||t.length===0?[]:["If the program gives up root by itself, let /bin/chmod +x / run first: some providers leave the","root directory to root alone."],...r.map(a=>`Set ${(0,l.a)(a)} as well: only the build knows its value.`),...h.map(a=>`A shell cannot set ${(0,l.a)(a)}: env does.`)]}(0,i.a)(d,"describeService");function T(e){let t=w(e)?"su":"setpriv of util-linux";return[`USER ${(0,l.a)(e)} has no effect, all commands run as root: ${t} changes to it.`,.../^\d+$/.test(e)?["The group is taken to have the same number."]:[]]}(0,i.a)(T,"describeUser");function c(e,t){return e.map(n=>`${t} ${n}
`).join("")}(0,i.a)(c,"comments");function A(e){let t=$(e,{quote:B,isPlain:(0,i.a)(n=>!j(n),"isPlain")}).map(n=>`      - ${x(n)}
`).join("");return`${c(d(e),"#")}payloads:
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
${t}`}`}(0,i.a)(A,"dappRunnerDescriptor");function N({variables:e,unknownVariables:t}){return[c(["ENV of the image, which most providers drop. Transfer it into a volume and set it with each command:",'["/bin/sh", "-c", "set -a; . /golem/input/.env; exec PROGRAM"]'],"#"),...e.map(({name:n,value:r})=>{if(!p(n))return`# A shell cannot set ${(0,l.a)(n)}.
`;let o=_(r);return`${o.isForShellsOnly?`# The next value is for shells only.
`:""}${n}=${o.text}
`}),...t.map(n=>`# Only the build knows ${(0,l.a)(n)}.
`)].join("")}(0,i.a)(N,"dotenvFile");function _(e){return e.includes("'")?/["$`\\\n\r]/.test(e)?{text:m(e),isForShellsOnly:!0}:{text:`"${e}"`,isForShellsOnly:!1}:{text:e===""?"":m(e),isForShellsOnly:/[\\\r]/.test(e)}}(0,i.a)(_,"quoteValue");function R(e){let t=$(e).map(([r="",...o])=>`  console.log((await exe.run(${f(r)}, ${x(o)})).stdout);
`),n=v(e)?`  // Use the service here: it ends with the rental.
`:"";return`${c(d(e),"//")}import { GolemNetwork } from "@golem-sdk/golem-js";

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
${t.join("")}${n}  await rental.stopAndFinalize();
} finally {
  await golem.disconnect();
}
`}(0,i.a)(R,"golemJsModule");function U(e){let t=$(e).map(n=>`        script.run(${n.map(f).join(", ")})
`);return`${c(d(e),"#")}from yapapi.payload import vm
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
`}(0,i.a)(U,"yapapiModule");function b(e,t){switch(e){case"dapp-runner":return A(t);case"golem-js":return R(t);case"yapapi":return U(t);case"env":return N(t);case"sh":return`#!/bin/sh
${c(d(t),"#")}${k(t).map(n=>`${n}
`).join("")}`}}(0,i.a)(b,"initScript");0&&(module.exports={initScript});
