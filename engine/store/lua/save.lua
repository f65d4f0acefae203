-- KEYS: session, turn stream. ARGV: token, data, reply key, reply, seconds kept (0: as before), log,
-- stream length. The lock stays, as one that is over: to delete it would cost a command more.
local lock, over = redis.call('HGET', KEYS[1], 'lock'), '-' .. ARGV[1]
if lock == over then return 1 end
if not lock or lock:sub(17) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'data', ARGV[2], ARGV[3], ARGV[4], 'lock', over)
if ARGV[5] ~= '0' then redis.call('EXPIRE', KEYS[1], ARGV[5]) end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[7], '*', 't', ARGV[6], 'k', ARGV[3], 'r', ARGV[4])
return 1
