/** For whom there is an init script, in the order in which all of them are printed. */
export const INIT_SCRIPT_FORMS = ["dapp-runner", "golem-js", "yapapi", "env", "sh"] as const;
export type InitScriptForm = (typeof INIT_SCRIPT_FORMS)[number];
