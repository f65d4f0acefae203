-- KEYS: session. ARGV: token, lock in ms. -> 1 where all but the lock is gone, 0 where the lock is.
local lock = redis.call('HGET', KEYS[1], 'lock')
if not lock or lock:sub(17) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'lock', lock)
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return 1
