-- KEYS: session. ARGV: who asks, seconds kept. -> 1 where nobody knows of it, and nobody has asked.
local f = redis.call('HMGET', KEYS[1], 'data', 'told')
if f[1] or (f[2] and f[2] ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'told', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
