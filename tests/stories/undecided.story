story: The log ends while the device is away
says: undecided, leaning to not-returned
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 -
expect:
  pump-1: undecided leaning=not-returned cause=- opened=10:00:00 decided=- ended=- end=-
  count: undecided=1 not-returned=0
  state: pump-1 offline
---
story: The log ends while the device is back but not settled
says: undecided, leaning to token-expiry
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:06:04 -
expect:
  pump-1: undecided leaning=token-expiry opened=10:00:00 ended=-
  state: pump-1 online
---
story: The log ends the second the device settles
says: settled exactly at the end of the log is settled
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:06:05 -
expect:
  pump-1: token-expiry leaning=- opened=10:00:00 ended=10:06:05 end=cleared
---
story: The log ends after one refusal
says: undecided, leaning to auth-failure
log:
  10:00:00 pump-1 deviceConnect 401003
  10:05:00 -
expect:
  pump-1: undecided leaning=auth-failure opened=10:00:00
  state: pump-1 unknown
---
story: The log ends while a refused device is back
says: undecided, leaning to recovered
log:
  10:00:00 pump-1 deviceConnect 401003
  10:01:00 pump-1 deviceConnect
  10:05:00 -
expect:
  pump-1: undecided leaning=recovered opened=10:00:00
  state: pump-1 online
---
story: The log ends while an AMQP device is back
says: leaning to recovered: it would be no plain expiry
log:
  09:00:00 pump-1 deviceConnect protocol=Amqp
  10:00:00 pump-1 deviceDisconnect 401003 protocol=Amqp
  10:00:05 pump-1 deviceConnect protocol=Amqp
  10:02:00 -
expect:
  pump-1: undecided leaning=recovered opened=10:00:00
---
story: The log ends while a device is back from a short session
says: leaning to recovered: the session was no token's life
log:
  09:57:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:02:00 -
expect:
  pump-1: undecided leaning=recovered opened=10:00:00
---
story: The log ends while a certificate device is away
says: leaning to auth-failure: that is what the deadline would make of x509
log:
  09:00:00 lock-5 deviceConnect auth=x509
  10:00:00 lock-5 deviceDisconnect 401003 auth=x509
  10:05:00 -
expect:
  lock-5: undecided leaning=auth-failure opened=10:00:00
---
story: The log ends after an expulsion and a refusal
says: leaning to auth-failure: refused and not back
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:01:00 pump-1 deviceConnect 401003
  10:05:00 -
expect:
  pump-1: undecided leaning=auth-failure opened=10:00:00
  state: pump-1 offline
---
story: A verdict reached is kept though the device is back
says: an episode whose verdict stands open keeps it, with no end
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:20:00 pump-1 deviceConnect
  10:22:00 -
expect:
  pump-1: not-returned leaning=- opened=10:00:00 decided=10:10:00 ended=- end=-
  state: pump-1 failing
  count: undecided=0
---
story: The clock of the log is its latest record, whosever it is
says: time ends with the latest stamp of any dated record
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:15:00 meter-9 DirectMethods/send
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=-
