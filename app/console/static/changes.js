// A page of what waits is shown anew when something of it has changed. Without this script, or
// where nobody tells of changes, the browser asks for it again from time to time.
const main = document.querySelector("main[data-changes]");
const words = main.dataset.changes.split(" ");
let isAsking = false;
let isStale = false;

// Whoever writes or chooses something is not disturbed: it waits until they have left the field.
const isInUse = () => {
  const field = document.activeElement;
  const isField = main.contains(field) && field.matches("input, select, textarea");
  const isWritten = [...main.querySelectorAll("input, select, textarea")].some((one) =>
    one.type === "checkbox" || one.type === "radio" ? one.checked !== one.defaultChecked :
      one.tagName === "SELECT" ? [...one.options].some((o) => o.selected !== o.defaultSelected && o.defaultSelected) :
        one.type !== "hidden" && one.value !== one.defaultValue);
  return isField || isWritten || main.querySelector("details[open]") !== null;
};

// What a control is known by in the next page: where it leads.
const nameOf = (control) => {
  const form = control.closest("form");
  return form ? `form[action="${form.getAttribute("action")}"] ${control.tagName}` :
    control.hasAttribute("href") ? `a[href="${control.getAttribute("href")}"]` : null;
};

async function showAnew() {
  if (isAsking || isInUse() || document.hidden) { isStale = true; return; }
  isAsking = true;
  isStale = false;
  try {
    const address = new URL(location.href);
    address.searchParams.set("again", "1");
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = next.querySelector("main[data-changes]");
    if (shown && !isInUse() && shown.innerHTML !== main.innerHTML) {
      const held = main.contains(document.activeElement) ? nameOf(document.activeElement) : null;
      main.innerHTML = shown.innerHTML;
      if (held) main.querySelector(held)?.focus({ preventScroll: true });
    }
  } catch (error) {
    isStale = true;
  } finally {
    isAsking = false;
  }
  if (isStale) setTimeout(later, 1000);
}

const later = () => { if (isStale) showAnew(); };
main.addEventListener("focusout", () => setTimeout(later, 0));
main.addEventListener("toggle", () => setTimeout(later, 0), true);
document.addEventListener("visibilitychange", later);

const told = new EventSource(main.dataset.changesUrl, { withCredentials: true });
told.addEventListener("message", (event) => {
  if (event.data === "*" || words.includes(event.data)) showAnew();
});
// What changed while the connection was made, or made again, was told to nobody.
told.addEventListener("open", () => showAnew());
