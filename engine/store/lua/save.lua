-- KEYS: session, turn stream. ARGV: token, data, reply key, reply, seconds kept, log, stream length.
-- The lock stays, as one that is over: to delete it would cost a command more.
local f = redis.call('HMGET', KEYS[1], 'lock', 'saved')
if f[2] == ARGV[1] then return 1 end
if f[1] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'data', ARGV[2], ARGV[3], ARGV[4], 'saved', ARGV[1], 'until', '0')
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[7], '*', 't', ARGV[6], 'k', ARGV[3], 'r', ARGV[4])
return 1
