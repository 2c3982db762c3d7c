story: The hub is in trouble while a device is away
says: deadlines of that hub wait until 600 s after the last platform signal
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 meter-9 deviceConnect 503001
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:15:00
  meter-9: none
---
story: Back while the deadline was waiting
says: back by the waiting deadline is in time
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 meter-9 deviceConnect 503001
  10:15:00 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry opened=10:00:00 ended=10:21:00 end=cleared
---
story: The hub's trouble goes on
says: until 600 s after the last of them
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 meter-9 deviceConnect 503001
  10:14:00 meter-9 deviceConnect 500001
  10:23:00 meter-9 deviceConnect 429001
  11:00:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:33:00
---
story: Trouble before the expulsion counts while it is fresh
says: signals less than 600 s old hold the deadline; these are older when it comes
log:
  09:00:00 pump-1 deviceConnect
  09:59:00 meter-9 deviceConnect 503001
  10:00:00 pump-1 deviceDisconnect 401003
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00
---
story: Trouble that comes after the deadline is too late
says: what has been decided is not undone by the platform
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:10:30 meter-9 deviceConnect 503001
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00
---
story: The trouble of another hub
says: only platform signals of that hub hold its deadlines
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 meter-9 deviceConnect 503001 hub=fabrikam
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00
---
story: A refused device waits with the others
says: deadlines wait, for a refusal as well
log:
  10:00:00 pump-1 deviceConnect 401003
  10:05:00 pump-1 deviceConnect 503001
  10:30:00 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00 decided=10:15:00
---
story: Three refusals do not wait for the platform
says: only deadlines wait; the count of refusals decides at once
log:
  10:00:00 pump-1 deviceConnect 401003
  10:00:30 pump-1 deviceConnect 503001
  10:01:00 pump-1 deviceConnect 401003
  10:02:00 pump-1 deviceConnect 401003
  10:03:00 -
expect:
  pump-1: auth-failure reason=refused decided=10:02:00
---
story: The log ends while a deadline waits
says: undecided until the platform has been calm for 600 s
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 meter-9 deviceConnect 503001
  10:14:59 -
expect:
  pump-1: undecided leaning=not-returned opened=10:00:00
---
story: A platform error in another category
says: the hub's own trouble is told by the code, wherever it is written
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 meter-9 D2CTwinOperations/update 500001
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:15:00
