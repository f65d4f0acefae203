-- KEYS: session. ARGV: token, lock in ms. -> 1 where all but the lock is gone, 0 where the lock is.
local f = redis.call('HMGET', KEYS[1], 'lock', 'until')
if f[1] ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'lock', f[1], 'until', f[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return 1
