// A part of a page with data-live asks for itself twice a second, and shows what has changed.
const part = document.querySelector("[data-live]");
let shown = "";

async function again() {
  try {
    const answer = await fetch(part.dataset.live, { credentials: "same-origin" });
    // A session that has ended leads to the sign-in: so does the whole page, then.
    if (answer.redirected) return location.reload();
    const text = answer.ok ? await answer.text() : shown;
    part.classList.toggle("wrong", !answer.ok);
    if (text !== shown && !part.contains(document.activeElement)) {
      part.innerHTML = text;
      shown = text;
    }
  } catch {
    part.classList.add("wrong");
  }
  setTimeout(again, document.hidden ? 5000 : 500);
}

again();
