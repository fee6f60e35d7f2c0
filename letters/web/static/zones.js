// Adds the reader's own time behind an instant where it differs from the program's.
// English without a country counts 24 hours, as the rest of the page does.
const spoken = document.documentElement.lang;
const locale = spoken === "en" ? "en-GB" : spoken;
const shape = { dateStyle: "full", timeStyle: "short", hourCycle: "h23" };

function addOwnTimes() {
  for (const time of document.querySelectorAll("time[data-zone]")) {
    const at = new Date(time.dateTime);
    const there = at.toLocaleString(locale, { ...shape, timeZone: time.dataset.zone });
    const here = at.toLocaleString(locale, shape);
    if (here !== there) {
      const own = document.createElement("span");
      own.className = "soft d-block";
      own.textContent = time.dataset.yours.replace("{time}", here);
      time.after(own);
    }
  }
}

addOwnTimes();
// An answer that upload.js shows brings instants of its own.
document.addEventListener("letters:shown", addOwnTimes);
