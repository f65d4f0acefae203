-- KEYS: session. -> its data, from now on without answers; nil for none; '' while a turn is running.
local f = redis.call('HMGET', KEYS[1], 'data', 'lock')
if not f[1] then return false end
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
if f[2] and (tonumber(f[2]:sub(1, 16)) or 0) > now then return '' end
redis.call('HSET', KEYS[1], 'moved', '1')
return f[1]
