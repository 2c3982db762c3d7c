"""A Kafka broker in the memory of this process (librdkafka's own, for tests). Prints its address,
then sends each line of its input, a JSON string, as one message, and says so.

usage: broker.py TOPIC
"""
import json
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1})
broker, = producer.list_topics(timeout=10).brokers.values()
print(f"{broker.host}:{broker.port}", flush=True)
for line in sys.stdin:
    producer.produce(sys.argv[1], json.loads(line).encode())
    print("sent" if producer.flush(10) == 0 else "not sent", flush=True)
