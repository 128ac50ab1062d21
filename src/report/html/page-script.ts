/** What the page does; without it everything is there, too, only not filtered. */
export const PAGE_SCRIPT = `
"use strict";
(() => {
  const tests = [...document.querySelectorAll(".test")];
  const search = document.getElementById("search");
  const status = document.getElementById("shown");
  const filters = [...document.querySelectorAll("[data-verdict]")].filter((node) => node.tagName === "BUTTON");
  let wanted = "all";

  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const test of tests) {
      const name = test.dataset.name.toLowerCase();
      const fits = (wanted === "all" || test.dataset.verdict === wanted) && words.every((word) => name.includes(word));
      test.hidden = !fits;
      if (fits) count += 1;
    }
    for (const filter of filters) filter.setAttribute("aria-pressed", String(filter.dataset.verdict === wanted));
    status.textContent = count === tests.length ? "" : count + " of " + tests.length + " shown";
  };
  const choose = (verdict) => { wanted = verdict; apply(); };
  for (const filter of filters) filter.addEventListener("click", () => choose(filter.dataset.verdict));
  search.addEventListener("input", apply);

  const visible = () => tests.filter((test) => !test.hidden);
  const toggleAll = () => {
    const shown = visible();
    const open = shown.some((test) => !test.open);
    for (const test of shown) test.open = open;
  };
  document.getElementById("toggle").addEventListener("click", toggleAll);

  const move = (step) => {
    const shown = visible();
    const at = shown.findIndex((test) => test.contains(document.activeElement));
    const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];
    if (next) next.firstElementChild.focus();
  };
  const show = (target) => {
    const test = target.closest(".test");
    if (test && test.hidden) { search.value = ""; choose("all"); }
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView();
    if (test) test.firstElementChild.focus({ preventScroll: true });
  };
  const follow = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target) show(target);
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    // A second click on the same link changes no address.
    if (link && link.getAttribute("href") === location.hash) follow();
    const copy = event.target.closest(".copy");
    if (copy) copyText(copy);
  });

  const copyText = async (button) => {
    const source = button.parentElement.querySelector("code");
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; apply(); search.blur(); }
      return;
    }
    const actions = {
      "/": () => search.focus(),
      j: () => move(1),
      k: () => move(-1),
      e: toggleAll,
      f: () => choose(wanted === "failed" ? "all" : "failed"),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });
  document.querySelector(".toolbar").hidden = false;
  apply();
  follow();
})();
`;
