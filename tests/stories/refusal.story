story: The third refusal settles it
says: the third refused without a connection between is an auth-failure
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused scope=connection opened=10:00:00 decided=10:02:00 ended=- end=-
  state: pump-1 failing
---
story: Two refusals and silence
says: refused and not back by the deadline is an auth-failure
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=10:00:00 decided=10:10:00
---
story: One refusal, then back within the deadline
says: back and settled after a refusal is recovered
log:
  10:00:00 pump-1 deviceConnect 401003
  10:10:00 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered cause=- opened=10:00:00 ended=10:16:00 end=cleared
---
story: One refusal, then back a second too late
says: the verdict was reached at the deadline and stays; the episode ends when settled
log:
  10:00:00 pump-1 deviceConnect 401003
  10:10:01 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused decided=10:10:00 ended=10:16:01 end=cleared
---
story: Refused twice, in for a moment, refused twice more
says: a connection between starts the count of refusals anew
log:
  10:00:00 pump-1 deviceConnect 401003
  10:00:30 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect
  10:02:00 pump-1 deviceConnect 401003
  10:02:30 pump-1 deviceConnect 401003
  10:03:00 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:09:00 end=cleared
---
story: Expelled, then refused three times
says: an expiry whose renewal is refused is a genuine failure
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:01 pump-1 deviceDisconnect 404104
  10:00:05 pump-1 deviceConnect 401003
  10:00:15 pump-1 deviceConnect 401003
  10:00:35 pump-1 deviceConnect 401003
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=10:00:00 decided=10:00:35 ended=-
  state: pump-1 failing
---
story: Away for an hour, then refused
says: not-returned becomes auth-failure, which is worse
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  11:00:00 pump-1 deviceConnect 401003
  11:01:00 pump-1 deviceConnect 401003
  11:02:00 pump-1 deviceConnect 401003
  11:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=10:00:00 ended=-
  count: not-returned=0 auth-failure=1
---
story: A rotated key: the connection holds five minutes, then the door stays shut
says: refused before settle ends the quiet: an ordinary refusal, whose third decides
log:
  09:00:00 pump-1 deviceConnect
  09:05:23 pump-1 deviceConnect 401003
  09:05:33 pump-1 deviceConnect 401003
  09:05:53 pump-1 deviceConnect 401003
  09:30:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:05:23 decided=09:05:53 ended=-
---
story: Refused, fixed by a technician, well since
says: an auth-failure ends when the device is connected and settled, and keeps its verdict
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  14:00:00 pump-1 deviceConnect
  15:00:00 -
expect:
  pump-1: auth-failure cause=2 opened=10:00:00 decided=10:02:00 ended=14:06:00 end=cleared
  state: pump-1 online
---
story: The fix did not hold
says: refused again before the connection settled: the same episode
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  11:00:00 pump-1 deviceConnect
  11:05:59 pump-1 deviceConnect 401003
  11:30:00 -
expect:
  pump-1: auth-failure opened=10:00:00 decided=10:02:00 ended=-
---
story: A refusal over AMQP is a refusal
says: the protocol matters to expiry only
log:
  10:00:00 pump-1 deviceConnect 401003 protocol=Amqp
  10:01:00 pump-1 deviceConnect 401003 protocol=Amqp
  10:02:00 pump-1 deviceConnect 401003 protocol=Amqp
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused scope=connection decided=10:02:00
