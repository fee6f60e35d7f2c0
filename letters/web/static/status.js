// Keeps the status view up to date while somebody looks at it: asks for the fingerprint of what
// the page shows, and fetches the page when that has changed. Without scripts a reload does it.

const EVERY = 20_000;
const LONGEST = 15 * EVERY;
const GONE = [404, 410];
const CONTROLS = "input, select, textarea, button";
const FOCUSABLE = `a[href], summary, [tabindex], ${CONTROLS}`;

const { ask, said, seen } = document.querySelector("script[data-seen]").dataset;
const region = Object.assign(document.createElement("div"), { className: "visually-hidden" });
let shown = seen;
let wait = EVERY;
let asking = false;
let over = false;
let timer = 0;

region.setAttribute("role", "status");
document.body.append(region);

// --- asking ------------------------------------------------------------------------------------

async function look() {
  clearTimeout(timer);
  if (asking || over || document.hidden) return;
  asking = true;
  try {
    await bringUpToDate();
    wait = EVERY;
  } catch {
    wait = Math.min(2 * wait, LONGEST);
  }
  asking = false;
  plan();
}

function plan() {
  clearTimeout(timer);
  if (!over && !document.hidden) timer = setTimeout(look, wait);
}

async function bringUpToDate() {
  const answer = await get(ask);
  if (over || (await answer.json()).seen === shown || isBusy()) return;
  const text = await (await get(location.href)).text();
  const page = new DOMParser().parseFromString(text, "text/html");
  // Somebody may have begun to type meanwhile.
  if (!isBusy()) show(page);
}

// A link that opens nothing any more will not do so later.
async function get(address) {
  const answer = await fetch(address, { cache: "no-store" });
  over = GONE.includes(answer.status);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer;
}

// --- showing -----------------------------------------------------------------------------------

// Nothing that somebody holds or has typed may be taken from under their hands.
function isBusy() {
  const controls = [...document.querySelectorAll(`main :is(${CONTROLS})`)];
  return controls.some((one) => one.matches(":focus") || isChanged(one));
}

function isChanged(control) {
  if (control.matches("select")) {
    return [...control.options].some((option) => option.selected !== option.defaultSelected);
  }
  return control.matches("input, textarea")
    && (control.value !== control.defaultValue || control.checked !== control.defaultChecked);
}

function show(page) {
  const { scrollX, scrollY } = window;
  const before = document.querySelector("main.page");
  const main = page.querySelector("main.page");
  shown = page.querySelector("script[data-seen]").dataset.seen;
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  document.title = page.title;
  before.replaceWith(main);
  document.dispatchEvent(new Event("letters:shown"));
  if (focused) counterpart(focused, main).focus({ preventScroll: true });
  scrollTo(scrollX, scrollY);
  region.textContent = said.replace("{news}", main.querySelector(".lead").textContent.trim());
}

// The same link on the new page; the heading where it is not there any more.
function counterpart(focused, main) {
  const name = (one) => [one.localName, one.id, one.getAttribute("href"), one.textContent].join("\n");
  const same = [...main.querySelectorAll(FOCUSABLE)].find((one) => name(one) === name(focused));
  if (same) return same;
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  return heading;
}

// --- when --------------------------------------------------------------------------------------

document.addEventListener("visibilitychange", look);
addEventListener("pageshow", (event) => event.persisted && look());
plan();
