// Saves a draft a second after a change, by the form's own way and with the form's own fields.
// The form works without it. Every sentence comes translated in the form's data attributes.

const A_MOMENT = 1000;

function watch(form) {
  const says = form.dataset;
  const status = form.querySelector("[role=status]");
  let timer = 0;
  let saving = null;
  let changed = false;
  let overtaken = false;

  function say(sentence) {
    status.textContent = sentence;
  }

  async function send(keepalive) {
    const body = new FormData(form);
    body.set("do", "keep");
    const answer = await fetch(form.action, { method: "POST", body, keepalive });
    if (answer.status === 409) {
      overtaken = true;
      say(says.elsewhere);
      return;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    form.elements.version.value = (await answer.json()).version;
    if (!changed) say(says.saved);
  }

  // One after the other: each save says which version it is based on.
  async function save(keepalive = false) {
    clearTimeout(timer);
    if (saving || overtaken || !changed) return;
    changed = false;
    saving = send(keepalive).catch(() => {
      changed = true;
      say(says.failed);
    });
    await saving;
    saving = null;
  }

  function saveSoon() {
    changed = true;
    say("");
    clearTimeout(timer);
    timer = setTimeout(async () => {
      await saving;
      save();
    }, A_MOMENT);
  }

  form.addEventListener("input", saveSoon);

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });

  // A button that is pressed while a save is on its way waits for the version it makes.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!saving) {
      // The form goes with all that was typed: leaving the page must not send it a second time.
      changed = false;
      return;
    }
    event.preventDefault();
    await saving;
    form.requestSubmit(event.submitter);
  });
}

watch(document.getElementById("draft"));
