story: A lapsed token is renewed within seconds
says: one expulsion, no refusal, back by the deadline, settled
log:
  09:00:00 pump-1 deviceConnect
  10:10:00 pump-1 deviceDisconnect 401003
  10:10:01 pump-1 deviceDisconnect 404104
  10:10:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 scope=connection complete=yes opened=10:10:00 ended=10:16:05 end=cleared
  state: pump-1 online
  count: token-expiry=1 recovered=0 undecided=0
---
story: The 404104 of an expiry never arrived
says: complete is whether the closed was seen
log:
  09:00:00 pump-1 deviceConnect
  10:10:00 pump-1 deviceDisconnect 401003
  10:10:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 complete=no opened=10:10:00 ended=10:16:05 end=cleared
---
story: Back at the last second
says: back exactly at the deadline is in time
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:10:00 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 opened=10:00:00 ended=10:16:00 end=cleared
---
story: Back one second late
says: not back by the deadline is not-returned, and stays so when the device settles later
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:10:01 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: not-returned cause=- opened=10:00:00 decided=10:10:00 ended=10:16:01 end=cleared
---
story: One refusal on the way back
says: with a refusal it is no plain expiry: recovered
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003
  10:00:05 pump-1 deviceConnect 401003
  10:00:40 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: recovered cause=- opened=10:00:00 ended=10:06:40 end=cleared
---
story: MQTT over WebSockets expires as MQTT does
says: MQTT or MQTT over WebSockets
log:
  09:00:00 pump-1 deviceConnect protocol=MqttWs
  10:00:00 pump-1 deviceDisconnect 401003 protocol=MqttWs
  10:00:05 pump-1 deviceConnect protocol=MqttWs
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 ended=10:06:05
---
story: A log without protocols
says: or protocol unknown
log:
  09:00:00 pump-1 deviceConnect protocol=none
  10:00:00 pump-1 deviceDisconnect 401003 protocol=none
  10:00:05 pump-1 deviceConnect protocol=none
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 ended=10:06:05
---
story: AMQP renews in place, so an expulsion is no expiry
says: over AMQP it is recovered
log:
  09:00:00 pump-1 deviceConnect protocol=Amqp
  10:00:00 pump-1 deviceDisconnect 401003 protocol=Amqp
  10:00:01 pump-1 deviceDisconnect 404104 protocol=Amqp
  10:00:05 pump-1 deviceConnect protocol=Amqp
  10:30:00 -
expect:
  pump-1: recovered cause=- opened=10:00:00 ended=10:06:05 end=cleared
---
story: AMQP over WebSockets is AMQP
says: over AMQP it is recovered
log:
  09:00:00 pump-1 deviceConnect protocol=AmqpWs
  10:00:00 pump-1 deviceDisconnect 401003 protocol=AmqpWs
  10:00:05 pump-1 deviceConnect protocol=AmqpWs
  10:30:00 -
expect:
  pump-1: recovered cause=- ended=10:06:05
---
story: A known SAS device expires like the others
says: only x509 is shut out of token-expiry
log:
  09:00:00 pump-1 deviceConnect auth=sas
  10:00:00 pump-1 deviceDisconnect 401003 auth=sas
  10:00:05 pump-1 deviceConnect auth=sas
  10:30:00 -
expect:
  pump-1: token-expiry cause=1 reason=- ended=10:06:05
---
story: An hourly token, three times over
says: every expiry is an episode of its own
log:
  08:00:00 pump-1 deviceConnect
  09:05:00 pump-1 deviceDisconnect 401003
  09:05:00 pump-1 deviceDisconnect 404104
  09:05:04 pump-1 deviceConnect
  10:10:04 pump-1 deviceDisconnect 401003
  10:10:04 pump-1 deviceDisconnect 404104
  10:10:08 pump-1 deviceConnect
  11:15:08 pump-1 deviceDisconnect 401003
  11:15:08 pump-1 deviceDisconnect 404104
  11:15:12 pump-1 deviceConnect
  12:00:00 -
expect:
  pump-1: token-expiry complete=yes opened=09:05:00 ended=09:11:04
  pump-1: token-expiry complete=yes opened=10:10:04 ended=10:16:08
  pump-1: token-expiry complete=yes opened=11:15:08 ended=11:21:12
  count: token-expiry=3
---
story: An expulsion whose message names the signature is no expiry
says: no decisive reason: a decisive message on an expulsion is an auth-failure at once
log:
  09:00:00 pump-1 deviceConnect
  10:00:00 pump-1 deviceDisconnect 401003 message="The specified SAS token has an invalid signature. It does not match either the primary or secondary key."
  10:00:05 pump-1 deviceConnect
  10:30:00 -
expect:
  pump-1: auth-failure cause=2 reason=invalid-signature opened=10:00:00 decided=10:00:00 ended=10:06:05 end=cleared
