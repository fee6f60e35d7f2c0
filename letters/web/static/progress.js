// Keeps the numbers of something long up to date while somebody looks at it, and shows the result
// once it is over. Without scripts the page reloads itself.

const EVERY = 2_000;
const LONGEST = 60_000;

const { ask } = document.querySelector("script[data-ask]").dataset;
const bar = document.querySelector("progress");
const words = document.getElementById("so-far");
let wait = EVERY;
let timer = 0;

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch(ask, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const { looked_at: lookedAt, said, ended } = await answer.json();
    if (ended) {
      location.reload();
      return;
    }
    bar.value = lookedAt;
    words.textContent = said;
    wait = EVERY;
  } catch {
    wait = Math.min(2 * wait, LONGEST);
  }
  timer = setTimeout(look, wait);
}

document.addEventListener("visibilitychange", look);
timer = setTimeout(look, wait);
