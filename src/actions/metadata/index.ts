export { actionFiles } from "./action-files.ts";
export { placeTables } from "./tables.ts";
