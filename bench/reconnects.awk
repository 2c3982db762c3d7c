# The least that answers the question, as one would write it for the day: was a 401003 of a device followed by a 404104
# and a connection? It looks at text alone: no JSON, no times, no order but that of the lines, no reasons.
#
#     mawk -f reconnects.awk LOG

!/"category":"Connections"/ { next }

{
	match($0, /\\"deviceId\\":\\"[^"]*/)
	device = substr($0, RSTART + 15, RLENGTH - 16)
}

/"resultType":"401003"/ { expelled[device] = 1 }
/"resultType":"404104"/ { if (device in expelled) closed[device] = 1 }

/"operationName":"deviceConnect"/ && !/"resultType"/ {
	if (device in closed)
		completed++
	delete expelled[device]
	delete closed[device]
}

END {
	for (device in expelled)
		missing++
	print completed + 0, "completed,", missing + 0, "missing"
}
