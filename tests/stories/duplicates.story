story: One refusal delivered three times
says: a duplicate changes nothing: one refusal, not three
log:
  10:00:00 pump-1 deviceConnect 401003
  10:00:00 pump-1 deviceConnect 401003
  10:00:00 pump-1 deviceConnect 401003
  10:00:30 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered opened=10:00:00 ended=10:06:30 end=cleared
---
story: Three refusals within one second
says: another time is another record: fractions tell them apart
log:
  10:00:00.1 pump-1 deviceConnect 401003
  10:00:00.2 pump-1 deviceConnect 401003
  10:00:00.3 pump-1 deviceConnect 401003
  10:05:00 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00.1 decided=10:00:00.3
---
story: Three refusals in one second, of three codes
says: another code is another record
log:
  10:00:00 pump-1 deviceConnect 401000
  10:00:00 pump-1 deviceConnect 401002
  10:00:00 pump-1 deviceConnect 401003
  10:05:00 -
expect:
  pump-1: auth-failure reason=refused opened=10:00:00 decided=10:00:00
---
story: A second and its tenths written out
says: 10:00:00 and 10:00:00.0000000 are one time: a duplicate
log:
  10:00:00 pump-1 deviceConnect 401003
  10:00:00.0000000 pump-1 deviceConnect 401003
  10:00:00.000 pump-1 deviceConnect 401003
  10:05:00 -
expect:
  pump-1: undecided leaning=auth-failure opened=10:00:00
---
story: A whole expiry delivered twice
says: every record twice is every record once
log:
  09:00:00 pump-1 deviceConnect
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:01 pump-1 deviceDisconnect 404104
  10:00:01 pump-1 deviceDisconnect 404104
  10:00:05 pump-1 deviceConnect
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry complete=yes opened=10:00:00 ended=10:06:05 end=cleared
  count: token-expiry=1 connection-lost=0
---
story: A lost connection delivered twice
says: a duplicate is not counted
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 404104
  10:00:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  count: connection-lost=1
---
story: One copy lost its text
says: of two duplicates that differ in their text the longer message counts
log:
  10:00:00 pump-1 deviceConnect 401003
  10:00:00 pump-1 deviceConnect 401003 message="Authorization header missing"
  10:05:00 -
expect:
  pump-1: auth-failure reason=missing-authorization-header decided=10:00:00
---
story: The longer copy says less
says: the longer message counts, even where the shorter one would decide
log:
  10:00:00 pump-1 deviceConnect 401003 message="Authorization header missing"
  10:00:00 pump-1 deviceConnect 401003 message="Authentication failed for this device, renew token or certificate and reconnect"
  10:05:00 -
expect:
  pump-1: undecided leaning=auth-failure opened=10:00:00
---
story: The same code in the same second, in two categories
says: another category is another record: a refusal and a denial
log:
  10:00:00 pump-1 deviceConnect 401003
  10:00:00 pump-1 D2CTwinOperations/update 401003
  10:00:30 pump-1 deviceConnect
  12:00:00 -
expect:
  count: recovered=2 auth-failure=0
