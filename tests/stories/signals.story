story: The three codes of the 401 family all expel
says: 401000, 401002 and 401003 on deviceDisconnect: the hub dropped a live session
log:
  09:00:00 pump-1 deviceConnect
  09:00:00 pump-2 deviceConnect
  09:00:00 pump-3 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401000
  10:00:00 pump-2 deviceDisconnect 401002
  10:00:00 pump-3 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect
  10:00:05 pump-2 deviceConnect
  10:00:05 pump-3 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 opened=10:00:00
  pump-2: token-expiry cause=1 opened=10:00:00
  pump-3: token-expiry cause=1 opened=10:00:00
  count: token-expiry=3 auth-failure=0
---
story: The three codes of the 401 family all refuse
says: 401000, 401002 and 401003 on deviceConnect are refusals, and count together
log:
  10:00:00 valve-7 deviceConnect 401000
  10:01:00 valve-7 deviceConnect 401002
  10:02:00 valve-7 deviceConnect 401003
  10:02:30 -
expect:
  valve-7: auth-failure cause=2 reason=refused scope=connection opened=10:00:00 decided=10:02:00 ended=-
---
story: Other 401 codes are no refusal
says: the 401 family is 401000, 401002 and 401003, nothing else
log:
  10:00:00 valve-7 deviceConnect 401001
  10:01:00 valve-7 deviceConnect 401004
  10:02:00 valve-7 deviceConnect 401001
  12:00:00 -
expect:
  valve-7: none
  count: auth-failure=0 undecided=0 recovered=0
---
story: A spent message quota and a missing module say nothing about the credential
says: a code that is in no row of the signal table is no signal
log:
  10:00:00 meter-2 deviceConnect 403002
  10:01:00 meter-2 deviceConnect 404010
  10:02:00 meter-2 deviceConnect 403002
  12:00:00 -
expect:
  meter-2: none
  count: auth-failure=0 undecided=0
---
story: A disabled device loses its session as well
says: 403012 on deviceDisconnect is a refusal and ends the session; what comes alive later is a new connection
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 403012
  11:00:00 pump-1 D2CTwinOperations/update
  12:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=device-disabled opened=10:00:00 decided=10:00:00 ended=11:06:00 end=cleared
---
story: A deleted device is cut off in mid-session
says: 404001 on deviceDisconnect is a refusal, as it is on deviceConnect
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 404001
  10:00:30 -
expect:
  pump-1: auth-failure cause=2 reason=device-not-registered decided=10:00:00 ended=-
  state: pump-1 failing
---
story: A certificate and a policy key vanish under two live sessions
says: 404008 and 400035 on deviceDisconnect are refusals too
log:
  09:00:00 cam-1 deviceConnect
  09:00:00 cam-2 deviceConnect
  10:00:00 cam-1 deviceDisconnect 404008
  10:00:00 cam-2 deviceDisconnect 400035
  10:00:30 -
expect:
  cam-1: auth-failure cause=2 reason=certificate-not-found decided=10:00:00
  cam-2: auth-failure cause=2 reason=invalid-policy-key decided=10:00:00
---
story: The hub's own trouble accuses nobody
says: platform codes (fault injection, failover, throttling, server errors) open no episode
log:
  10:00:00 pump-1 deviceConnect 400029
  10:00:10 pump-1 deviceConnect 400030
  10:00:20 pump-1 deviceConnect 404012
  10:00:30 pump-1 deviceConnect 429001
  10:00:40 pump-1 deviceConnect 429005
  10:00:50 pump-1 deviceConnect 500001
  10:01:00 pump-1 deviceConnect 503001
  10:01:10 pump-1 deviceConnect 503006
  14:00:00 -
expect:
  pump-1: none
  count: auth-failure=0 not-returned=0 recovered=0 undecided=0
---
story: A device that signs off and on again has no trouble
says: left and connected open nothing
log:
  09:00:00 pump-1 deviceConnect
  09:01:00 pump-1 deviceDisconnect
  09:02:00 pump-1 deviceConnect
  09:03:00 pump-1 deviceDisconnect
  09:04:00 pump-1 deviceConnect
  09:05:00 pump-1 deviceDisconnect
  12:00:00 -
expect:
  pump-1: none
  count: recovered=0 reconnect-loop=0 connection-lost=0 undecided=0 not-returned=0
---
story: A twin update tells that the device is back
says: alive is a success in D2CTwinOperations
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 pump-1 D2CTwinOperations/update
  12:00:00 -
expect:
  pump-1: token-expiry cause=1 complete=no ended=10:05:00
---
story: A file upload tells that the device is back
says: alive is a success in FileUploadOperations
log:
  09:00:00 cam-1 deviceConnect
  10:00:00 cam-1 deviceDisconnect 401003
  10:05:00 cam-1 FileUploadOperations/ingress
  12:00:00 -
expect:
  cam-1: token-expiry cause=1 complete=no ended=10:05:00
---
story: What the cloud does to a device does not prove it alive
says: other categories (methods, the service reading a twin, queries) are not caused by the device itself
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:02:00 pump-1 DirectMethods/send
  10:03:00 pump-1 C2DTwinOperations/read
  10:04:00 pump-1 TwinQueries/query
  10:05:00 pump-1 DeviceIdentityOperations/get
  10:30:00 -
expect:
  pump-1: not-returned opened=10:00:00 decided=10:10:00 ended=-
---
story: A failed twin update does not prove the device alive
says: alive is a success
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:05:00 pump-1 D2CTwinOperations/update 400004
  10:30:00 -
expect:
  pump-1: not-returned decided=10:10:00 ended=-
---
story: A record that names no device is left aside
says: a record without a deviceId is ignored
log:
  10:00:00 - deviceConnect 401003
  10:01:00 - deviceConnect 401003
  10:02:00 - deviceConnect 401003
  10:03:00 - deviceDisconnect 404104
  12:00:00 -
expect:
  count: auth-failure=0 undecided=0 recovered=0 connection-lost=0
