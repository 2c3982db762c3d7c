story: Two clients fight for one identity
says: displaced 3 times within 10 minutes is an identity conflict, quiet after an hour without
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 400027
  10:00:01 pump-1 deviceConnect
  10:05:00 pump-1 deviceDisconnect 400027
  10:05:01 pump-1 deviceConnect
  10:10:00 pump-1 deviceDisconnect 400027
  10:10:01 pump-1 deviceConnect
  12:00:00 -
expect:
  pump-1: identity-conflict decided=10:10:00 ended=11:10:00 end=quiet
  count: identity-conflict=1 reconnect-loop=0
  state: pump-1 online
---
story: Three displacements in ten minutes and a second
says: within 10 minutes, no longer
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 400027
  10:00:01 pump-1 deviceConnect
  10:05:00 pump-1 deviceDisconnect 400027
  10:05:01 pump-1 deviceConnect
  10:10:01 pump-1 deviceDisconnect 400027
  10:10:02 pump-1 deviceConnect
  12:00:00 -
expect:
  count: identity-conflict=0
---
story: A device takes over its own stale session twice
says: displaced twice is no conflict
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 400027
  10:00:01 pump-1 deviceConnect
  10:05:00 pump-1 deviceDisconnect 400027
  10:05:01 pump-1 deviceConnect
  12:00:00 -
expect:
  count: identity-conflict=0 recovered=0 not-returned=0
---
story: Two AMQP clients fight for one identity
says: 409002 displaces as 400027 does
log:
  09:00:00 pump-1 deviceConnect protocol=Amqp
  10:00:00 pump-1 deviceDisconnect 409002 protocol=Amqp
  10:01:00 pump-1 deviceConnect protocol=Amqp
  10:02:00 pump-1 deviceDisconnect 409002 protocol=Amqp
  10:03:00 pump-1 deviceConnect protocol=Amqp
  10:04:00 pump-1 deviceDisconnect 409002 protocol=Amqp
  10:30:00 -
expect:
  pump-1: identity-conflict decided=10:04:00 ended=- end=-
  state: pump-1 offline
---
story: The fight goes on
says: each displacement keeps the conflict open for another hour
log:
  10:00:00 pump-1 deviceDisconnect 400027
  10:02:00 pump-1 deviceDisconnect 400027
  10:04:00 pump-1 deviceDisconnect 400027
  10:50:00 pump-1 deviceDisconnect 400027
  11:40:00 pump-1 deviceDisconnect 400027
  13:00:00 -
expect:
  pump-1: identity-conflict decided=10:04:00 ended=12:40:00 end=quiet
---
story: A session won in a fight expires like any other
says: its connections are connections like others
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 400027
  10:00:01 pump-1 deviceConnect
  10:06:01 pump-1 deviceDisconnect 401003
  10:06:05 pump-1 deviceConnect
  12:00:00 -
expect:
  pump-1: token-expiry opened=10:06:01 ended=10:12:05 end=cleared
