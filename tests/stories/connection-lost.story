story: The network drops a device twice
says: a close that belongs to no expulsion and meets no open episode is only counted
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 404104
  10:00:10 pump-1 deviceConnect
  11:00:00 pump-1 deviceDisconnect 404104
  11:00:10 pump-1 deviceConnect
  12:00:00 -
expect:
  pump-1: none
  count: connection-lost=2 recovered=0 token-expiry=0
---
story: The network drops a device and it stays away
says: a close without a 401 accuses nobody, however long the silence
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 404104
  20:00:00 -
expect:
  pump-1: none
  count: connection-lost=1 not-returned=0 undecided=0
---
story: The log opens with a close
says: it is counted though its session was not seen
log:
  10:00:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: none
  count: connection-lost=1
---
story: The log ends right after a close
says: no expulsion came, so it is counted
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 404104
expect:
  count: connection-lost=1 undecided=0
---
story: A close of another device is not part of the pair
says: a close belongs to an expulsion of the same device
log:
  09:00:00 pump-1 deviceConnect
  09:00:00 pump-2 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:01 pump-2 deviceDisconnect 404104
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00
  pump-2: none
  count: connection-lost=1
---
story: A close while a refusal is open
says: it meets an open episode and is not counted
log:
  10:00:00 pump-1 deviceConnect 401003
  10:00:30 pump-1 deviceConnect
  10:03:00 pump-1 deviceDisconnect 404104
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:06:30 end=cleared
  count: connection-lost=0
