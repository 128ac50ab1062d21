// Prints why a tool for workflows cannot be had, or nothing: node scripts/check-workflows/find-tool.mjs act
import { provideTool } from "./tools.mjs";

const tool = provideTool(process.argv[2]);
if ("missing" in tool) console.log(tool.missing);
