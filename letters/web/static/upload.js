// Makes sending a letter easier: drag and drop, checks before anything is sent, progress, Cancel.
// The form works without it. Every sentence comes translated in the form's data attributes, and
// what the server answers is shown as the server's own page.

const spoken = document.documentElement.lang;
const locale = spoken === "en" ? "en-GB" : spoken;
const PDF = "%PDF-";

// Built by `enhance` for the form that is on the page; an answer may bring another form.
let upload = null;

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function percent(part) {
  return new Intl.NumberFormat(locale, { style: "percent" }).format(part);
}

function size(bytes) {
  const put = (value, unit) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
  const kilobytes = Math.max(1, Math.round(bytes / 1024));
  return kilobytes < 1024 ? put(kilobytes, "kilobyte") : put(bytes / 1024 / 1024, "megabyte");
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

// --- what is wrong with a file -----------------------------------------------------------------

// Refuses only what the server would refuse: a PDF is one under any name.
async function isTaken(file, accept) {
  const name = file.name.toLowerCase();
  const kinds = accept.split(",").map((kind) => kind.trim());
  if (kinds.some((kind) => (kind.startsWith(".") ? name.endsWith(kind) : file.type === kind))) {
    return true;
  }
  return (await file.slice(0, PDF.length).text()) === PDF;
}

async function problemOf(file, accept, says) {
  if (file.size === 0) return says.empty;
  if (file.size > Number(says.largest)) return says.tooLarge;
  // A file that cannot be read here is left to the server.
  if (await isTaken(file, accept).catch(() => true)) return "";
  return /\.docx?$/i.test(file.name) ? says.wordFile : says.wrongType;
}

// Browsers do not send a file that was saved again after it was chosen.
async function isReadable(file) {
  return file.slice(0, 1).arrayBuffer().then(() => true, () => false);
}

// --- the form ----------------------------------------------------------------------------------

function enhance(form) {
  const says = form.dataset;
  const input = form.elements.letter;
  const zone = form.querySelector(".drop");
  const button = form.querySelector("[type=submit]");
  const dropWords = element("p", { className: "drop-words", textContent: says.drop });
  const status = element("p", { className: "said", id: "send-status" });
  const bar = element("progress", { className: "bar", max: 1 });
  const cancel = element("button", { type: "button", className: "btn btn-plain" });
  const sending = element("div", { className: "sending", hidden: true });
  let request = null;

  status.setAttribute("role", "status");
  bar.setAttribute("aria-labelledby", status.id);
  cancel.textContent = says.cancel;
  sending.append(bar, cancel);
  input.after(dropWords);
  button.after(status, sending);

  function showProblem(problem) {
    form.querySelector("#letter-wrong")?.remove();
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", problem ? "letter-wrong letter-hint" : "letter-hint");
    if (!problem) return;
    // Without a file the browser does not let the form go, and the same name can be chosen again.
    input.value = "";
    input.setAttribute("aria-invalid", "true");
    const words = element("p", { className: "wrong", id: "letter-wrong", textContent: problem });
    words.setAttribute("role", "alert");
    input.before(words);
  }

  async function look() {
    const [file] = input.files;
    const problem = file ? await problemOf(file, input.accept, says) : "";
    if (input.files[0] !== file) return;
    showProblem(problem);
    const chosen = file && !problem;
    say(chosen ? fill(says.chosen, { name: file.name, size: size(file.size) }) : "");
  }

  function say(sentence) {
    if (status.textContent !== sentence) status.textContent = sentence;
  }

  function rest(sentence) {
    request = null;
    sending.hidden = true;
    input.disabled = false;
    button.removeAttribute("aria-disabled");
    say(sentence);
  }

  function refuse(problem) {
    say("");
    showProblem(problem);
  }

  function send() {
    const [file] = input.files;
    let complete = false;
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = loaded / total;
      // In steps of ten: a screen reader reads each of them out.
      say(fill(says.sending, { percent: percent(Math.floor((10 * loaded) / total) / 10) }));
    };
    // From here on the letter may be in, whatever is pressed: there is nothing left to cancel.
    request.upload.onload = () => {
      complete = true;
      if (document.activeElement === cancel) button.focus();
      cancel.hidden = true;
      bar.removeAttribute("value");
      say(says.storing);
    };
    request.onabort = () => rest(says.cancelled);
    request.onerror = async () => {
      rest(complete ? says.unknown : says.lost);
      if (!complete && !(await isReadable(file))) refuse(says.changed);
    };
    request.onload = () => answered(request);
    request.send(new FormData(form));
    cancel.hidden = false;
    sending.hidden = false;
    bar.value = 0;
    input.disabled = true;
    button.setAttribute("aria-disabled", "true");
    say(fill(says.sending, { percent: percent(0) }));
    sending.scrollIntoView({ block: "nearest" });
  }

  function answered({ status: code, response, responseURL }) {
    const main = response?.querySelector("main.page");
    if (main && code < 400) {
      location.assign(responseURL);
    } else if (main) {
      show(response.title, main);
    } else {
      // Not a page of ours: something between us and the server answered.
      rest(says.unknown);
      if (code === 413) refuse(says.tooLarge);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!request) send();
  });
  input.addEventListener("change", look);
  cancel.addEventListener("click", () => {
    button.focus();
    request?.abort();
  });

  return {
    highlight(over) {
      zone.classList.toggle("drop-over", over && !request);
      dropWords.textContent = over ? says.dropping : says.drop;
    },
    take(files) {
      if (request) return;
      if (files.length > 1) {
        say(says.several);
        return;
      }
      input.files = files;
      input.focus();
      look();
    },
  };
}

// --- the page ----------------------------------------------------------------------------------

function start() {
  const form = document.getElementById("send");
  upload = form && enhance(form);
}

// Shows the server's answer as a normal submit would have: Back leads to the form again.
function show(title, main) {
  history.pushState(null, "", location.href);
  addEventListener("popstate", () => location.hash || location.reload());
  document.title = title;
  document.querySelector("main.page").replaceWith(main);
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
  document.dispatchEvent(new Event("letters:shown"));
  start();
}

function holdsFiles(event) {
  return upload !== null && event.dataTransfer.types.includes("Files");
}

// The whole window takes the file: beside the zone a browser would open it and leave the page.
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  upload.highlight(true);
});

document.addEventListener("dragleave", (event) => {
  if (holdsFiles(event) && event.relatedTarget === null) upload.highlight(false);
});

document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  upload.highlight(false);
  if (event.dataTransfer.files.length) upload.take(event.dataTransfer.files);
});

// A page that the browser kept as it was would still be sending.
addEventListener("pageshow", (event) => event.persisted && location.reload());

start();
