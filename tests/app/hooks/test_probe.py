import time, socket
from tests.app.hooks.house import *
from tests.faults.town import PIN
def test_probe(web):
    p = Phone(web)
    p.dial(); p.type("1"); print(p.type("1"))
    h = web.hook().encode()
    p.text="1*1*5000"
    full = p.body()
    cut = full[:-3]
    def send(data, wait=0.3):
        with socket.create_connection(("127.0.0.1", web.port)) as s:
            s.sendall(data); time.sleep(wait)
    head = b"POST "+h+b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    send(head+b"Content-Length: %d\r\n\r\n"%len(full)+cut)
    time.sleep(.3)
    import redis
    r=redis.Redis.from_url(web.redis_url)
    k="s:{%s}:%s"%(KEYS.session(PROVIDER, CODE, p.session_id)[:2], KEYS.session(PROVIDER, CODE, p.session_id))
    print("cut CL", r.hget(k,"data"))
    p2 = Phone(web); p2.dial(); p2.type("1"); p2.type("1"); p2.text="1*1*5000"; full=p2.body()
    send(head+b"Transfer-Encoding: chunked\r\n\r\n%x\r\n"%len(full)+cut)
    time.sleep(.3)
    k="s:{%s}:%s"%(KEYS.session(PROVIDER, CODE, p2.session_id)[:2], KEYS.session(PROVIDER, CODE, p2.session_id))
    print("cut chunk mid", r.hget(k,"data"))
    p2 = Phone(web); p2.dial(); p2.type("1"); p2.type("1"); p2.text="1*1*5000"; full=p2.body()
    send(head+b"Transfer-Encoding: chunked\r\n\r\n%x\r\n"%len(cut)+cut+b"\r\n")
    time.sleep(.3)
    k="s:{%s}:%s"%(KEYS.session(PROVIDER, CODE, p2.session_id)[:2], KEYS.session(PROVIDER, CODE, p2.session_id))
    print("cut chunk between", r.hget(k,"data"))
    # stall
    socks=[]
    for _ in range(20):
        s=socket.create_connection(("127.0.0.1", web.port)); s.sendall(head+b"Content-Length: 200\r\n\r\nabc"); socks.append(s)
    time.sleep(.5)
    p3=Phone(web)
    try:
        print(p3.dial(), p3.took_s)
    except Exception as e: print("STALLED", repr(e))
    for s in socks: s.close()
    print(p3.dial(), p3.took_s)
    print(web.ask("GET","/healthz").took_s)
