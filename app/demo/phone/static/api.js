// What the page asks the server for. Every failure is an Error with a sentence for who reads it.

const DOWN = "Piga does not answer. Is piga run still running?";

async function ask(path, options) {
  let response;
  try {
    response = await fetch(`/phone/api/${path}`, { cache: "no-store", ...options });
  } catch {
    throw Object.assign(new Error(DOWN), { down: true });
  }
  const told = await response.json().catch(() => null);
  if (!response.ok || told === null) {
    const error = new Error(told?.error ?? `The server answered with HTTP ${response.status}.`);
    throw Object.assign(error, { down: response.status === 502 });
  }
  return told;
}

export const get = (path, query = {}) => {
  const text = new URLSearchParams(query).toString();
  return ask(text ? `${path}?${text}` : path);
};

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
