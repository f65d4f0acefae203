// The fastest peer known to us: a menu of four screens by ussd-menu-builder, with express and ioredis.
// It keeps a session in Redis, and knows no lock, no copy, no caller and no money.
const [port, path, db, processes] = process.argv.slice(2);
const cluster = require('cluster');
const Menu = require('ussd-menu-builder');
const express = require('express');
const Redis = require('ioredis');

const redis = new Redis({ path, db: Number(db) });
const callback = (promise, done) => promise.then((value) => (done ? done(null, value) : value));
const sessions = {
  start: (id, done) => callback(redis.hset(`s:${id}`, 'began', '1'), done),
  end: (id, done) => callback(redis.del(`s:${id}`), done),
  set: (id, key, value, done) => callback(redis.hset(`s:${id}`, key, value), done),
  get: (id, key, done) => callback(redis.hget(`s:${id}`, key), done),
};

const application = express();
application.use(express.urlencoded({ extended: false }));
application.post('/ussd', (request, response) => {
  const menu = new Menu();
  menu.sessionConfig(sessions);
  menu.startState({ run: () => menu.con('Welcome\n1. Save\n2. Balance'), next: { 1: 'amount' } });
  menu.state('amount', { run: () => menu.con('How much?'), next: { '*\\d+': 'confirm' } });
  menu.state('confirm', {
    run: async () => {
      await menu.session.set('amount', menu.val);
      menu.con(`Confirm ${menu.val}?\n1. Yes\n2. No`);
    },
    next: { 1: 'done' },
  });
  menu.state('done', {
    run: async () => menu.end(`Paid ${await menu.session.get('amount')}`),
  });
  menu.run(request.body, (screen) => response.type('text/plain').send(screen));
});
if (Number(processes) > 1 && cluster.isPrimary) {
  for (let number = 0; number < Number(processes); number += 1) cluster.fork();
} else {
  application.listen(Number(port), '127.0.0.1');
}
