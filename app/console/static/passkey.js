// Passkeys: a form with data-passkey asks the browser's own window for one, and then goes its way.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function ask(kind, options) {
  options.challenge = bytes(options.challenge);
  if (kind === "keep") {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = (options.excludeCredentials || []).map((one) => ({
      ...one, id: bytes(one.id),
    }));
    return navigator.credentials.create({ publicKey: options });
  }
  options.allowCredentials = [];
  return navigator.credentials.get({ publicKey: options });
}

function written(found) {
  const response = { clientDataJSON: text(found.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (found.response[name]) response[name] = text(found.response[name]);
  }
  return JSON.stringify({
    id: found.id, rawId: text(found.rawId), type: found.type, response,
    clientExtensionResults: {},
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const wrong = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.hidden = true;
    try {
      if (!window.PublicKeyCredential) throw new Error();
      const answer = await fetch(form.dataset.options, { credentials: "same-origin" });
      if (!answer.ok) throw new Error();
      const found = await ask(form.dataset.passkey, await answer.json());
      form.elements.answer.value = written(found);
      form.submit();
    } catch {
      wrong.textContent = "This browser gave no passkey for this address. Try again, or use a password.";
      wrong.hidden = false;
    }
  });
}
