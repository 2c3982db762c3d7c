story: Somebody is refused while the device is at work
says: refused inside a session that has lived settle: the deadline is one hour
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=09:30:00 decided=10:30:00 ended=-
---
story: The hour has not passed when the log ends
says: undecided until the hour is over
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  10:29:59 -
expect:
  pump-1: undecided leaning=auth-failure opened=09:30:00
  state: pump-1 online
---
story: Refused 359 seconds into the session
says: the session had not lived settle: an ordinary refusal, with the ordinary deadline
log:
  09:00:00 pump-1 deviceConnect
  09:05:59 pump-1 deviceConnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:05:59 decided=09:15:59
---
story: Refused exactly 360 seconds into the session
says: the session has lived settle: inside
log:
  09:00:00 pump-1 deviceConnect
  09:06:00 pump-1 deviceConnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:06:00 decided=10:06:00
---
story: Refused after the device had signed off
says: there is no session any more: an ordinary refusal
log:
  09:00:00 pump-1 deviceConnect
  09:20:00 pump-1 deviceDisconnect
  09:30:00 pump-1 deviceConnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:30:00 decided=09:40:00
---
story: Refused after the network had dropped the session
says: closed ended the session: an ordinary refusal
log:
  09:00:00 pump-1 deviceConnect
  09:20:00 pump-1 deviceDisconnect 404104
  09:30:00 pump-1 deviceConnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:30:00 decided=09:40:00
  count: connection-lost=1
---
story: Refused after another client had displaced it
says: displaced (400027 on MQTT) ends the session: an ordinary refusal
log:
  09:00:00 pump-1 deviceConnect
  09:20:00 pump-1 deviceDisconnect 400027
  09:30:00 pump-1 deviceConnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:30:00 decided=09:40:00
---
story: The AMQP spelling of being displaced
says: displaced (409002) ends the session too
log:
  09:00:00 pump-1 deviceConnect protocol=Amqp
  09:20:00 pump-1 deviceDisconnect 409002 protocol=Amqp
  09:30:00 pump-1 deviceConnect 401003 protocol=Amqp
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:30:00 decided=09:40:00
---
story: The device restarted; its old session times out
says: a close within 30 min of the last refusal makes it ordinary, the deadline counted from the first refusal
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:35:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=09:30:00 decided=09:40:00 ended=-
  state: pump-1 failing
  count: connection-lost=0
---
story: The device restarted, was refused once, and got in
says: ordinary after the close: back by the deadline and settled is recovered
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:35:00 pump-1 deviceDisconnect 404104
  09:36:00 pump-1 deviceConnect
  11:00:00 -
expect:
  pump-1: recovered opened=09:30:00 ended=09:42:00 end=cleared
---
story: The old session is expelled after the refusal
says: an expulsion within 30 min of the last refusal ends the old session as a close does
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:35:00 pump-1 deviceDisconnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=09:30:00 decided=09:40:00 ended=-
---
story: A close exactly 30 minutes after the last refusal
says: within keepalive_max: the device is out and was refused
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  10:00:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=09:30:00 ended=-
---
story: A close 30 minutes and a second after the last refusal
says: an end of the session later than that: the device was inside all along
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  10:00:01 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: recovered opened=09:30:00 ended=10:00:01 end=quiet
  state: pump-1 offline
---
story: The half hour runs from the last refusal
says: of the last refusal, not the first
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:45:00 pump-1 deviceConnect 401003
  10:10:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=09:30:00 ended=-
---
story: An expulsion long after the refusal
says: a late end by expulsion proves the device inside; the expulsion is an expiry of its own
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  10:05:00 pump-1 deviceDisconnect 401003
  10:05:05 pump-1 deviceConnect
  11:00:00 -
expect:
  pump-1: recovered opened=09:30:00 ended=10:05:00 end=quiet
  pump-1: token-expiry cause=1 opened=10:05:00 ended=10:11:05 end=cleared
---
story: A twin update from the session that was held all along
says: alive proves that the device was inside: quiet, recovered
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:40:00 pump-1 D2CTwinOperations/update
  11:00:00 -
expect:
  pump-1: recovered opened=09:30:00 ended=09:40:00 end=quiet
  state: pump-1 online
---
story: The device signs off from the session it held all along
says: left proves that the device was inside
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:40:00 pump-1 deviceDisconnect
  11:00:00 -
expect:
  pump-1: recovered opened=09:30:00 ended=09:40:00 end=quiet
  state: pump-1 offline
---
story: A stranger knocks three times while the device works on
says: auth-failure reached without a decisive reason, then a sign of life: rejected-client
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:31:00 pump-1 deviceConnect 401003
  09:32:00 pump-1 deviceConnect 401003
  09:40:00 pump-1 D2CTwinOperations/update
  11:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=rejected-client opened=09:30:00 decided=09:32:00 ended=09:40:00 end=quiet
  state: pump-1 online
---
story: A stranger knocks three times and nothing more is heard
says: the third refusal inside a session is an auth-failure, for refusal, while nobody knows who was inside
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:31:00 pump-1 deviceConnect 401003
  09:32:00 pump-1 deviceConnect 401003
  10:00:00 -
expect:
  pump-1: auth-failure cause=2 reason=refused opened=09:30:00 decided=09:32:00 ended=-
---
story: A stranger knocks once; the device is heard after the hour
says: reached at the deadline of an hour, then proved inside: rejected-client
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  10:45:00 pump-1 D2CTwinOperations/update
  11:00:00 -
expect:
  pump-1: auth-failure reason=rejected-client opened=09:30:00 decided=10:30:00 ended=10:45:00 end=quiet
---
story: A stranger knocks three times; the session ends much later
says: an end of the session later than keepalive_max: rejected-client
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:31:00 pump-1 deviceConnect 401003
  09:32:00 pump-1 deviceConnect 401003
  10:20:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: auth-failure reason=rejected-client opened=09:30:00 decided=09:32:00 ended=10:20:00 end=quiet
---
story: A stranger with a wrong key knocks while the device works on
says: a decisive reason goes before rejected-client
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003 message="The specified SAS token has an invalid signature. It does not match either the primary or secondary key."
  09:40:00 pump-1 D2CTwinOperations/update
  11:00:00 -
expect:
  pump-1: auth-failure reason=invalid-signature opened=09:30:00 decided=09:30:00 ended=09:40:00 end=quiet
---
story: Refused inside, then connected
says: a connection settles the matter as in any episode
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:31:00 pump-1 deviceConnect
  11:00:00 -
expect:
  pump-1: recovered opened=09:30:00 ended=09:37:00 end=cleared
---
story: Refused inside a session that the log did not see begin
says: a sign of life proves a session, and this one has lived half an hour
log:
  09:00:00 pump-1 D2CTwinOperations/update
  09:30:00 pump-1 deviceConnect 401003
  11:00:00 -
expect:
  pump-1: auth-failure reason=refused opened=09:30:00 decided=10:30:00
---
story: A shorter keep-alive limit set by hand
says: keepalive_max is a setting
settings: keepalive_max=600
log:
  09:00:00 pump-1 deviceConnect
  09:30:00 pump-1 deviceConnect 401003
  09:45:00 pump-1 deviceDisconnect 404104
  11:00:00 -
expect:
  pump-1: recovered opened=09:30:00 ended=09:45:00 end=quiet
