story: The closing second of the pair comes a second later
says: a 404104 within 30 s after an expulsion belongs to it
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:01 pump-1 deviceDisconnect 404104
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 complete=yes opened=10:00:00 ended=10:06:05
  count: connection-lost=0 token-expiry=1
---
story: The 404104 bears an earlier second than its 401003
says: either side: a close up to 30 s before an expulsion belongs to it
log:
  09:00:00 pump-1 deviceConnect
  09:59:31 pump-1 deviceDisconnect 404104
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=yes opened=10:00:00 ended=10:06:05
  count: connection-lost=0
---
story: A close exactly 30 seconds before the expulsion belongs to it
says: within pair_within, the boundary
log:
  09:00:00 pump-1 deviceConnect
  09:59:30 pump-1 deviceDisconnect 404104
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=yes opened=10:00:00
  count: connection-lost=0
---
story: A close 31 seconds before the expulsion is a lost connection
says: beyond pair_within it belongs to no expulsion and is counted
log:
  09:00:00 pump-1 deviceConnect
  09:59:29 pump-1 deviceDisconnect 404104
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00 ended=10:06:05
  count: connection-lost=1
---
story: A close 29 seconds after the expulsion tells nothing of a return
says: it belongs to the expulsion, so the device is still away
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:29 pump-1 deviceDisconnect 404104
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=-
---
story: A close exactly 30 seconds after the expulsion belongs to it
says: within pair_within, the boundary after
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:30 pump-1 deviceDisconnect 404104
  10:00:40 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=yes opened=10:00:00 ended=10:06:40 end=cleared
---
story: A close 31 seconds after the expulsion closed another session
says: a close that belongs to no expulsion proves an unseen return; the episode ends at it
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:31 pump-1 deviceDisconnect 404104
  10:30:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00 ended=10:00:31
  state: pump-1 offline
---
story: The device is back before the old close is written
says: the close still belongs to the expulsion; the new session lives on
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:03 pump-1 deviceConnect
  10:00:08 pump-1 deviceDisconnect 404104
  10:30:00 -
expect:
  pump-1: token-expiry complete=yes opened=10:00:00 ended=10:06:03 end=cleared
  state: pump-1 online
---
story: A clean disconnect right after the expulsion
says: a left within 30 s after an expulsion belongs to it and proves no return
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:30 pump-1 deviceDisconnect
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=-
---
story: A clean disconnect 31 seconds after the expulsion
says: a left beyond pair_within proves a session since: the device had returned unseen
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:31 pump-1 deviceDisconnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=no opened=10:00:00 ended=10:00:31
---
story: The hub says 401003 twice for one session
says: a second expulsion within 30 s with no connection between belongs to the first
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:30 pump-1 deviceDisconnect 401003
  10:00:40 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 opened=10:00:00 ended=10:06:40 end=cleared
---
story: Two expulsions 31 seconds apart are two
says: the second proves a return between; expelled within settle, so no plain expiry
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:31 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:00:31
  pump-1: not-returned opened=10:00:31 decided=10:10:31 ended=-
---
story: Expelled, back, and expelled again within half a minute
says: with a connection between, the second expulsion is one of its own
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:00:20 pump-1 deviceDisconnect 401003
  10:00:25 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:06:25 end=cleared
---
story: A wider pairing window set by hand
says: pair_within is a setting
settings: pair_within=60
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:50 pump-1 deviceDisconnect 404104
  10:00:55 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=yes opened=10:00:00 ended=10:06:55
