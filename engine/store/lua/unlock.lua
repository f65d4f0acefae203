-- KEYS: session, turn stream. ARGV: token, log or '', stream length, reply key, reply or '', seconds
-- kept. -> 1, or 0 where another turn has the session by now.
local lock = redis.call('HGET', KEYS[1], 'lock')
if not lock or lock:sub(17) ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'lock')
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
  redis.call('EXPIRE', KEYS[1], ARGV[6])
end
if ARGV[2] ~= '' then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 't', ARGV[2], 'k', ARGV[4], 'r', ARGV[5])
end
return 1
