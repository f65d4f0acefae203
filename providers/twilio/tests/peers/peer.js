// Twilio's package for JavaScript: it judges signatures of webhooks, and sends to a server.
// Usage: node peer.js validate '{token, signature, url, params}' | send BASE_URL '{to, from, …}'
const twilio = require("twilio");

const [what, ...rest] = process.argv.slice(2);
if (what === "validate") {
  const { token, signature, url, params } = JSON.parse(rest[0]);
  console.log(JSON.stringify({ valid: twilio.validateRequest(token, signature, url, params) }));
} else {
  const client = twilio("AC" + "0".repeat(32), "token", { timeout: 5000 });
  client.api.baseUrl = rest[0];
  client.messages.create(JSON.parse(rest[1])).then(
    (made) => console.log(JSON.stringify({ sid: made.sid, status: made.status, to: made.to })),
    (error) => console.log(JSON.stringify({ code: error.code, status: error.status })),
  );
}
