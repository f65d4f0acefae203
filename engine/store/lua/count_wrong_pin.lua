-- KEYS: a tenant's wrong PINs. ARGV: whose, seconds counted. -> of how many since the first of them.
local new = redis.call('SADD', KEYS[1], ARGV[1])
local count = redis.call('SCARD', KEYS[1])
if new == 1 and count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return count
