// Keeps what will be read up to date beside the form while somebody types. The button Preview does
// the same without it: the page that it opens is fetched here, and its frames are shown.

const A_MOMENT = 600;

function watch(form, region) {
  const says = region.dataset;
  const choice = region.querySelector("select");
  const status = region.querySelector("[role=status]");
  const place = region.querySelector(".previews");
  let asking = new AbortController();
  let timer = 0;

  function choose() {
    for (const frame of place.children) frame.hidden = frame.title !== choice.value;
  }

  // A frame whose words stay the same is left alone, and one that changes keeps its place.
  function show(fresh) {
    const frame = [...place.children].find((one) => one.title === fresh.title);
    if (!frame) {
      place.append(document.adoptNode(fresh));
      choice.add(new Option(fresh.title));
      return;
    }
    if (frame.srcdoc === fresh.srcdoc) return;
    const top = frame.contentWindow.scrollY;
    frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true });
    frame.srcdoc = fresh.srcdoc;
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const answer = await fetch(says.ask, { method: "POST", body: new FormData(form), signal });
    if (answer.status === 422) {
      status.textContent = says.wrong;
      return;
    }
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    page.querySelectorAll("iframe").forEach(show);
    choose();
    status.textContent = "";
    region.hidden = false;
  }

  async function refresh() {
    try {
      await ask();
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = says.failed;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, A_MOMENT);
  });
  choice.addEventListener("change", choose);
  refresh();
}

watch(document.getElementById("settings"), document.getElementById("preview"));
