"""Random command sequences over strings, hashes, lists, sets, sorted sets, positions, streams, keys, deadlines and transactions. Everything follows from
the seed."""
import random

KEYS = ["k%d" % i for i in range(6)] + ["", "a key", "key\x00\xff", "k" * 300]
WORDS = ["", "x", "hello", "Hello World", "10", "-7", "3.5", "9223372036854775807", "-9223372036854775808", "01", " 1", "1e3",
         "inf", "nan", "\x00\x01\xfe", "v" * 44, "v" * 45, "v" * 100, "w" * 3000, "ab" * 40000]
INTEGERS = ["0", "1", "-1", "2", "5", "10", "100", "-5", "-100", "1000000", "9223372036854775807", "-9223372036854775808", "x", "", "1.5"]
FLOATS = ["0", "1", "-1.5", "0.1", "3.0e3", "1e17", "5e-5", "-0", "abc", "nan", "inf", "1e400", " 1"]
OFFSETS = ["0", "1", "5", "-1", "-5", "100", "70000", "536870911", "536870912", "9999999999999999999", "x"]
FIELDS = ["f%d" % i for i in range(8)] + ["", "1", "-5", "1000000", "field\x00\xff", "f" * 63, "f" * 64, "f" * 65, "f" * 300]
MEMBERS = ["m%d" % i for i in range(6)] + ["1", "2", "3", "-5", "1000000", "70000", "", "01", "9223372036854775807", "-9223372036854775808", "m\x00\xff", "m" * 64, "m" * 65, "m" * 300]
# Scores that Redis 7.0, which prints 17 digits, spells like later versions.
SCORES = ["0", "1", "2", "3", "-1", "1.5", "-2.25", "10", "1000000", "inf", "-inf", "1e3", "0x10", "abc", "nan", "", " 1"]
ZSET_KEYS = ["z0", "k0", "k1", "k2", "k3"]
LEX_KEY = "lex"  # Ranges of members need equal scores.
POINTS = [["13.361389", "38.115556"], ["15.087269", "37.502669"], ["2.349014", "48.864716"], ["-122.4194", "37.7749"], ["179.9", "10"], ["-179.9", "10.1"], ["0", "0"], ["0", "85"], ["0", "-85"], ["180", "85.05112878"],
          ["-180", "-85.05112878"], ["200", "10"], ["x", "1"]]
GEO_KEYS = ["k4", "k5", "k0"]
COUNTS = ["1", "2", "5", "-1", "-3", "0", "100", "-20", "x", "9223372036854775807", "-9223372036854775808"]
# No deadline passes during a run, whatever the machine does; what expiry does is tested with clocks that can be set.
SECONDS = ["100000", "500000", "1000000", "0", "-1", "-100", "9223372036854775807", "9223372036854775", "abc", "9223372036854776"]
UNIX_SECONDS = ["9999999999", "4102444800", "1", "0", "-1", "9223372036854775807", "x"]
UNIX_MILLIS = ["9999999999999", "4102444800123", "1000", "0", "-1", "9223372036854775807", "x"]
DATABASES = ["0", "1", "2", "15", "16", "-1", "x", "9223372036854775808"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.dumps = []
        self.makers = [value for name, value in sorted(Generator.__dict__.items()) if name.startswith("make_")]

    def pick(self, options):
        return self.random.choice(options)

    def key(self):
        return self.pick(KEYS[:6]) if self.random.random() < 0.9 else self.pick(KEYS)

    def word(self):
        return self.pick(WORDS)

    def some(self, make, least=1, most=4):
        return [make() for _ in range(self.random.randint(least, most))]

    def maybe(self, chance, *words):
        return list(words) if self.random.random() < chance else []

    def mixed_case(self, word):
        return "".join(c.lower() if self.random.random() < 0.5 else c for c in word)

    def command(self):
        args = [arg.encode("latin-1") if isinstance(arg, str) else arg for arg in self.pick(self.makers)(self)]
        # DEBUG means what it says: POPULATE takes any count, and RELOAD without MERGE ends redis-server.
        if args[0] == b"DEBUG":
            return args
        if self.random.random() < 0.03 and len(args) > 1:
            args.pop()  # Arity and syntax errors.
        elif self.random.random() < 0.03 and args[0] not in (b"ZRANK", b"ZREVRANK"):  # Which take one more since Redis 7.2.
            args.append(self.word().encode("latin-1")[:200])
        if self.random.random() < 0.2:
            args[0] = self.mixed_case(args[0].decode()).encode()
        return args

    def expire_option(self):
        return self.pick([["EX", self.pick(SECONDS)], ["PX", self.pick(SECONDS)], ["EXAT", self.pick(UNIX_SECONDS)],
                          ["PXAT", self.pick(UNIX_MILLIS)], ["KEEPTTL"], ["PERSIST"]])

    def make_set(self):
        options = [self.expire_option() for _ in range(self.random.choice([0, 0, 0, 1, 1, 2]))] + self.maybe(0.2, ["NX"]) + self.maybe(0.2, ["XX"]) + self.maybe(0.3, ["GET"])
        self.random.shuffle(options)
        return ["SET", self.key(), self.word()] + [self.mixed_case(w) if w.isalpha() else w for option in options for w in option]

    def make_get(self):
        return [self.pick(["GET", "STRLEN", "GETDEL", "TYPE", "PERSIST", "EXISTS", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "DUMP", "TOUCH", "INCR", "DECR"]), self.key()]

    def make_get_often(self):
        return ["GET", self.key()]

    def make_set_one(self):
        return [self.pick(["SETNX", "GETSET", "APPEND"]), self.key(), self.word()]

    def make_setex(self):
        return [self.pick(["SETEX", "PSETEX"]), self.key(), self.pick(SECONDS), self.word()]

    def make_getex(self):
        return ["GETEX", self.key()] + [w for _ in range(self.random.choice([0, 1, 1, 1, 2])) for w in self.expire_option()]

    def make_mget(self):
        return [self.pick(["MGET", "EXISTS", "TOUCH", "DEL", "UNLINK"])] + self.some(self.key)

    def make_mset(self):
        return [self.pick(["MSET", "MSETNX"])] + [w for _ in range(self.random.randint(1, 3)) for w in (self.key(), self.word())]

    def make_range(self):
        return [self.pick(["GETRANGE", "SUBSTR"]), self.key(), self.pick(INTEGERS), self.pick(INTEGERS)]

    def make_setrange(self):
        return ["SETRANGE", self.key(), self.pick(OFFSETS), self.pick(WORDS[:16])]

    def make_count(self):
        return [self.pick(["INCRBY", "DECRBY"]), self.key(), self.pick(INTEGERS)]

    def make_count_float(self):
        return ["INCRBYFLOAT", self.key(), self.pick(FLOATS)]

    def make_lcs(self):
        return ["LCS", self.pick(KEYS[:3]), self.pick(KEYS[:3])] + self.maybe(0.3, "LEN") + self.maybe(0.4, "IDX") + self.maybe(0.3, "MINMATCHLEN", self.pick(["0", "1", "4", "-1", "x"])) + self.maybe(0.3, "WITHMATCHLEN")

    def field(self):
        return self.pick(FIELDS[:8]) if self.random.random() < 0.7 else self.pick(FIELDS)

    def value(self):
        return self.word() if self.random.random() < 0.2 else self.pick(WORDS[:16] + FLOATS)

    def make_hash_set(self):
        return [self.pick(["HSET", "HSET", "HMSET"]), self.key()] + [w for _ in range(self.random.randint(1, 5)) for w in (self.field(), self.value())]

    def make_hash_set_many(self):
        # Past the limits of small hashes, now and then.
        if self.random.random() < 0.8:
            return self.make_hash_set()
        count = self.pick([100, 128, 129, 511, 512, 513])
        return ["HSET", self.key()] + [w for i in range(count) for w in ("many%d" % i, str(i))]

    def make_hash_set_one(self):
        return ["HSETNX", self.key(), self.field(), self.value()]

    def make_hash_get(self):
        return self.pick([["HGET", self.key(), self.field()], ["HMGET", self.key()] + self.some(self.field), ["HSTRLEN", self.key(), self.field()], ["HEXISTS", self.key(), self.field()]])

    def make_hash_all(self):
        return [self.pick(["HGETALL", "HKEYS", "HVALS", "HLEN"]), self.key()]

    def make_hash_delete(self):
        return ["HDEL", self.key()] + self.some(self.field, 1, 8)

    def make_hash_count(self):
        return self.pick([["HINCRBY", self.key(), self.field(), self.pick(INTEGERS)], ["HINCRBYFLOAT", self.key(), self.field(), self.pick(FLOATS)]])

    def make_hash_random(self):
        return ["HRANDFIELD", self.key()] + self.maybe(0.7, self.pick(COUNTS[:9])) + self.maybe(0.4, self.pick(["WITHVALUES", "withvalues", "x"]))

    def make_hash_random_far(self):
        # Counts whose reply would have no end are asked for where the key is not there.
        return ["HRANDFIELD", "nowhere", self.pick(COUNTS)] + self.maybe(0.5, "WITHVALUES")

    def make_hash_scan(self):
        return ["HSCAN", self.key(), self.pick(["0", "0", "0", "x"])] + self.maybe(0.7, "COUNT", self.pick(["1000", "1000", "0", "x"])) + self.maybe(0.3, "MATCH", self.pick(["*", "f*", "f[12]"])) + self.maybe(0.05, "TYPE", "hash")

    def member(self):
        return self.pick(MEMBERS[:12]) if self.random.random() < 0.8 else self.pick(MEMBERS)

    def make_set_add(self):
        if self.random.random() < 0.1:  # Past the limits of small sets, now and then.
            first = self.pick(["", "many"])
            return ["SADD", self.key()] + [first + str(i) for i in range(self.pick([100, 128, 129, 512, 513]))]
        return ["SADD", self.key()] + self.some(self.member, 1, 6)

    def make_set_add_often(self):
        return ["SADD", self.pick(KEYS[:4])] + self.some(self.member, 1, 4)

    def make_set_remove(self):
        return ["SREM", self.key()] + self.some(self.member, 1, 6)

    def make_set_ask(self):
        return self.pick([["SISMEMBER", self.key(), self.member()], ["SMISMEMBER", self.key()] + self.some(self.member), ["SCARD", self.key()], ["SMEMBERS", self.key()],
                          ["SMOVE", self.key(), self.key(), self.member()]])

    def make_set_random(self):
        # What SPOP takes out must not be a matter of luck: all of a set, or nothing.
        return self.pick([["SRANDMEMBER", self.key()] + self.maybe(0.7, self.pick(COUNTS[:9])), ["SRANDMEMBER", "nowhere", self.pick(COUNTS)],
                          ["SPOP", self.key(), self.pick(["1000", "0", "-1", "x", "9223372036854775807"])], ["SPOP", "nowhere"]])

    def make_set_algebra(self):
        return [self.pick(["SINTER", "SUNION", "SDIFF", "SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"])] + self.some(self.key, 2, 4)

    def make_set_count(self):
        return ["SINTERCARD", self.pick(["1", "2", "2", "2", "3", "0", "-1", "x"])] + self.some(self.key, 2, 3) + self.maybe(0.5, "LIMIT", self.pick(["0", "1", "5", "-1", "x"]))

    def make_set_scan(self):
        return ["SSCAN", self.key(), self.pick(["0", "0", "0", "x"])] + self.maybe(0.7, "COUNT", self.pick(["1000", "1000", "0", "x"])) + self.maybe(0.3, "MATCH", self.pick(["*", "m*", "m[12]"]))

    def score(self):
        return self.pick(SCORES)

    def score_limit(self):
        return self.maybe(0.3, "(") and "(" + self.score() or self.score()

    def member_limit(self):
        return self.pick(["-", "+", "[" + self.member(), "(" + self.member(), "[", "(m3", "x"])

    def limit(self):
        return self.maybe(0.3, "LIMIT", self.pick(["0", "1", "2", "-1", "x"]), self.pick(["0", "1", "3", "-1", "100"]))

    def zset_key(self):
        return self.pick(ZSET_KEYS) if self.random.random() < 0.8 else self.key()

    def make_zset_add(self):
        if self.random.random() < 0.08:  # Past the limits of small sorted sets, now and then.
            return ["ZADD", self.zset_key()] + [w for i in range(self.pick([100, 128, 129])) for w in (str(i % 7), "many%d" % i)]
        options = [self.mixed_case(w) for w in ("NX", "XX", "GT", "LT", "CH", "INCR") if self.random.random() < 0.12]
        return ["ZADD", self.zset_key()] + options + [w for _ in range(self.random.randint(1, 4)) for w in (self.score(), self.member())]

    def make_zset_add_often(self):
        return ["ZADD", self.pick(ZSET_KEYS)] + [w for _ in range(self.random.randint(1, 5)) for w in (self.pick(SCORES[:8]), self.member())]

    def make_zset_same_scores(self):
        return ["ZADD", LEX_KEY] + [w for _ in range(self.random.randint(1, 5)) for w in ("0", self.member())]

    def make_zset_change(self):
        return self.pick([["ZINCRBY", self.zset_key(), self.score(), self.member()], ["ZREM", self.zset_key()] + self.some(self.member),
                          ["ZREMRANGEBYRANK", self.zset_key(), self.pick(INTEGERS[:8]), self.pick(INTEGERS[:8])], ["ZREMRANGEBYSCORE", self.zset_key(), self.score_limit(), self.score_limit()],
                          ["ZREMRANGEBYLEX", LEX_KEY, self.member_limit(), self.member_limit()]])

    def make_zset_ask(self):
        return self.pick([["ZCARD", self.zset_key()], ["ZSCORE", self.zset_key(), self.member()], ["ZMSCORE", self.zset_key()] + self.some(self.member), ["ZRANK", self.zset_key(), self.member()],
                          ["ZREVRANK", self.zset_key(), self.member()], ["ZCOUNT", self.zset_key(), self.score_limit(), self.score_limit()], ["ZLEXCOUNT", LEX_KEY, self.member_limit(), self.member_limit()],
                          ["ZSCAN", self.zset_key(), "0", "COUNT", "1000"] + self.maybe(0.3, "MATCH", self.pick(["*", "m*", "m[12]"])),
                          ["ZRANDMEMBER", self.zset_key()] + self.maybe(0.7, self.pick(COUNTS[:9])) + self.maybe(0.4, self.pick(["WITHSCORES", "x"]))])

    def make_zset_range(self):
        scores = self.maybe(0.4, "WITHSCORES")
        return self.pick([["ZRANGE", self.zset_key(), self.pick(INTEGERS), self.pick(INTEGERS)] + self.maybe(0.3, "REV") + scores,
                          ["ZRANGE", self.zset_key(), self.score_limit(), self.score_limit(), "BYSCORE"] + self.maybe(0.4, "REV") + self.limit() + scores,
                          ["ZRANGE", LEX_KEY, self.member_limit(), self.member_limit(), "BYLEX"] + self.maybe(0.4, "REV") + self.limit() + self.maybe(0.05, "WITHSCORES"),
                          ["ZREVRANGE", self.zset_key(), self.pick(INTEGERS), self.pick(INTEGERS)] + scores,
                          [self.pick(["ZRANGEBYSCORE", "ZREVRANGEBYSCORE"]), self.zset_key(), self.score_limit(), self.score_limit()] + self.limit() + scores,
                          [self.pick(["ZRANGEBYLEX", "ZREVRANGEBYLEX"]), LEX_KEY, self.member_limit(), self.member_limit()] + self.limit(),
                          ["ZRANGESTORE", self.zset_key(), self.zset_key(), self.pick(INTEGERS), self.pick(INTEGERS)] + self.maybe(0.3, "REV"),
                          ["ZRANGESTORE", self.zset_key(), self.zset_key(), self.score_limit(), self.score_limit(), "BYSCORE"] + self.limit()])

    def make_zset_pop(self):
        return self.pick([[self.pick(["ZPOPMIN", "ZPOPMAX"]), self.zset_key()] + self.maybe(0.6, self.pick(["0", "1", "3", "100", "-1", "x"])),
                          ["ZMPOP", self.pick(["1", "2", "2", "0", "x", "9"]), self.zset_key(), self.zset_key(), self.pick(["MIN", "MAX", "min", "x"])] + self.maybe(0.5, "COUNT", self.pick(["1", "3", "0", "x"]))])

    def make_zset_algebra(self):
        name = self.pick(["ZUNION", "ZINTER", "ZDIFF", "ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE", "ZINTERCARD"])
        count = self.random.randint(1, 3)
        words = [name] + ([self.zset_key()] if name.endswith("STORE") else []) + [self.pick([str(count)] * 8 + ["0", "-1", "x", "5"])] + [self.zset_key() for _ in range(count)]
        return words + self.maybe(0.3, "WEIGHTS", *[self.pick(["1", "2", "3", "0.5", "inf", "0"] + ["x"] * (self.random.random() < 0.1)) for _ in range(count)]) + \
            self.maybe(0.3, "AGGREGATE", self.pick(["SUM", "MIN", "MAX", "sum", "x"])) + self.maybe(0.4, "WITHSCORES") + self.maybe(0.1, "LIMIT", self.pick(["0", "1", "-1"]))

    def point(self):
        return self.pick(POINTS) if self.random.random() < 0.7 else ["%.6f" % self.random.uniform(-180, 180), "%.6f" % self.random.uniform(-85, 85)]

    def make_geo_add(self):
        return ["GEOADD", self.pick(GEO_KEYS)] + self.maybe(0.1, self.pick(["NX", "XX", "CH"])) + [w for _ in range(self.random.randint(1, 5)) for w in self.point() + [self.member()]]

    def make_geo_add_often(self):
        return self.make_geo_add()

    def make_geo_ask(self):
        return self.pick([["GEOPOS", self.pick(GEO_KEYS)] + self.some(self.member), ["GEOHASH", self.pick(GEO_KEYS)] + self.some(self.member),
                          ["GEODIST", self.pick(GEO_KEYS), self.member(), self.member()] + self.maybe(0.5, self.pick(["m", "KM", "ft", "mi", "x"]))])

    def geo_options(self):
        # Of equally distant members either may be the one that COUNT cuts off.
        return self.maybe(0.4, "WITHCOORD") + self.maybe(0.4, "WITHDIST") + self.maybe(0.4, "WITHHASH") + self.maybe(0.4, self.pick(["ASC", "DESC"])) + self.maybe(0.1, "COUNT", self.pick(["1000", "0", "x"])) + self.maybe(0.05, "ANY")

    def radius(self):
        return [self.pick(["1", "100", "2000", "6000", "30000", "0", "-1", "x"]), self.pick(["m", "km", "km", "km", "mi", "ft"])]

    def make_geo_search(self):
        center = self.pick([["FROMMEMBER", self.member()], ["FROMLONLAT"] + self.point()])
        shape = self.pick([["BYRADIUS"] + self.radius(), ["BYBOX", self.pick(["10", "500", "5000", "20000"])] + self.radius()])
        return self.pick([["GEOSEARCH", self.pick(GEO_KEYS)] + center + shape + self.geo_options(), ["GEOSEARCHSTORE", self.zset_key(), self.pick(GEO_KEYS)] + center + shape,
                          [self.pick(["GEORADIUS", "GEORADIUS_RO"]), self.pick(GEO_KEYS)] + self.point() + self.radius() + self.geo_options(),
                          [self.pick(["GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO"]), self.pick(GEO_KEYS), self.member()] + self.radius() + self.geo_options() + self.maybe(0.1, "STORE", self.zset_key())])
    def make_list_push(self):
        if self.random.random() < 0.05:  # Past the limits of small lists, now and then.
            return ["RPUSH", self.key()] + ["element%d" % i for i in range(self.pick([700, 900, 1500]))]
        return [self.pick(["LPUSH", "RPUSH", "RPUSH", "LPUSHX", "RPUSHX"]), self.key()] + self.some(self.value, 1, 6)

    def make_list_pop(self):
        return [self.pick(["LPOP", "RPOP"]), self.key()] + self.maybe(0.5, self.pick(COUNTS))

    def make_list_read(self):
        return self.pick([["LLEN", self.key()], ["LINDEX", self.key(), self.pick(INTEGERS)], ["LRANGE", self.key(), self.pick(INTEGERS), self.pick(INTEGERS)],
                          ["LRANGE", self.key(), "0", "-1"]])

    def make_list_pos(self):
        return ["LPOS", self.key(), self.value()] + self.maybe(0.4, "RANK", self.pick(COUNTS[:10])) + self.maybe(0.5, "COUNT", self.pick(COUNTS)) + self.maybe(0.3, "MAXLEN", self.pick(COUNTS))

    def make_list_edit(self):
        return self.pick([["LSET", self.key(), self.pick(INTEGERS), self.value()], ["LINSERT", self.key(), self.pick(["BEFORE", "after", "x"]), self.value(), self.value()],
                          ["LREM", self.key(), self.pick(COUNTS), self.value()], ["LTRIM", self.key(), self.pick(INTEGERS), self.pick(INTEGERS)]])

    def end(self):
        return self.pick(["LEFT", "RIGHT", "left", "right", "LEFT", "RIGHT", "x"])

    def make_list_move(self):
        return self.pick([["LMOVE", self.key(), self.key(), self.end(), self.end()], ["RPOPLPUSH", self.key(), self.key()],
                          ["LMPOP", self.pick(["1", "2", "2", "0", "x", "3"]), self.key(), self.key(), self.end()] + self.maybe(0.5, "COUNT", self.pick(COUNTS))])

    def make_list_wait(self):
        # Nobody pushes for a client that waits, so only short times are asked for, and seldom.
        timeout = self.pick(["0.001", "0.01", "-1", "x", "nan"])
        if self.random.random() < 0.5:
            return ["LLEN", self.key()]
        return self.pick([[self.pick(["BLPOP", "BRPOP"])] + self.some(self.key, 1, 3) + [timeout], ["BLMOVE", self.key(), self.key(), self.end(), self.end(), timeout],
                          ["BRPOPLPUSH", self.key(), self.key(), timeout], ["BLMPOP", timeout, self.pick(["1", "2", "0"]), self.key(), self.key(), self.end()] + self.maybe(0.3, "COUNT", self.pick(COUNTS))])

    def make_sort(self):
        by = self.maybe(0.4, "BY", self.pick(["nosort", "k*", "w_*", "h_*->f1", "*"]))
        get = [w for _ in range(self.random.choice([0, 0, 1, 2])) for w in ("GET", self.pick(["#", "k*", "w_*", "h_*->f1", "fixed"]))]
        # Texts found by BY may be equal; then the order would be that of a hash function.
        options = by + get + (self.maybe(0.5, "ALPHA") if not by else []) + self.maybe(0.3, self.pick(["ASC", "DESC", "desc"])) + self.maybe(0.3, "LIMIT", self.pick(["0", "1", "-1", "x"]), self.pick(["1", "3", "-1", "100"]))
        if options[:2] == ["BY", "nosort"]:
            options = ["BY", "nosort"] + get  # The order of a large set is its own.
            return ["SORT", self.pick(ZSET_KEYS)] + options + ["STORE", self.key()]
        return self.pick([["SORT", self.key()] + options + self.maybe(0.3, "STORE", self.key()), ["SORT_RO", self.key()] + options, ["SORT", self.pick(KEYS[:4]), "ALPHA"] + self.maybe(0.3, "DESC")])

    def make_sort_weights(self):
        return self.pick([["SET", "w_" + self.pick(MEMBERS[:8]), self.pick(["1", "2", "2", "10", "x", "1.5"])], ["HSET", "h_" + self.pick(MEMBERS[:8]), "f1", self.pick(["3", "1", "y"])]])
    def stream_id(self):
        # Ids that grow slowly, so that most are accepted and many are met again.
        return self.pick(["%d-%d" % (self.random.randint(1, 40), self.random.randint(0, 2)), "%d" % self.random.randint(1, 40)] * 4 + ["0", "0-0", "x", "1-2-3", "18446744073709551615-18446744073709551615"])

    def stream_end(self):
        return self.pick(["-", "+", self.stream_id(), self.stream_id(), "(" + self.stream_id(), "($"])

    def trim(self):
        return self.pick([["MAXLEN", self.pick(["0", "1", "3", "10", "-1", "x"])], ["MAXLEN", "=", "5"], ["MAXLEN", "~", "3"], ["MINID", self.stream_id()], ["MINID", "~", self.stream_id()],
                          ["MAXLEN", "~", "2", "LIMIT", self.pick(["0", "1", "50", "-1"])], ["MAXLEN", "2", "LIMIT", "1"], ["LIMIT", "1"]])

    def make_stream_add(self):
        new_id = self.pick([self.stream_id(), self.stream_id(), "%d-*" % self.random.randint(1, 60)])
        return ["XADD", self.key()] + self.maybe(0.1, "NOMKSTREAM") + (self.trim() if self.random.random() < 0.2 else []) + [new_id] + \
            [w for _ in range(self.random.randint(1, 3)) for w in (self.field(), self.value())]

    def make_stream_add_often(self):
        return self.make_stream_add()

    def make_stream_edit(self):
        return self.pick([["XDEL", self.key()] + self.some(self.stream_id), ["XTRIM", self.key()] + self.trim(), ["XSETID", self.key(), self.stream_id()] + self.maybe(0.3, "ENTRIESADDED", self.pick(COUNTS)) + self.maybe(0.3, "MAXDELETEDID", self.stream_id())])

    def make_stream_read(self):
        return self.pick([["XLEN", self.key()], ["XRANGE", self.key(), self.stream_end(), self.stream_end()] + self.maybe(0.3, "COUNT", self.pick(COUNTS)),
                          ["XREVRANGE", self.key(), self.stream_end(), self.stream_end()] + self.maybe(0.3, "COUNT", self.pick(COUNTS)),
                          ["XREAD"] + self.maybe(0.3, "COUNT", self.pick(COUNTS)) + self.maybe(0.1, "BLOCK", self.pick(["1", "-1", "x"])) + ["STREAMS", self.key(), self.key(), self.stream_id(), self.pick([self.stream_id(), "$", ">"])]])

    def group(self):
        return self.pick(["g1", "g2", "none"])

    def make_stream_group(self):
        return self.pick([["XGROUP", "CREATE", self.key(), self.group(), self.pick([self.stream_id(), "0", "$"])] + self.maybe(0.5, "MKSTREAM") + self.maybe(0.2, "ENTRIESREAD", self.pick(["0", "3", "-1", "-2", "x"])),
                          ["XGROUP", "SETID", self.key(), self.group(), self.pick([self.stream_id(), "$"])], ["XGROUP", "CREATECONSUMER", self.key(), self.group(), self.pick(["a", "b"])],
                          ["XGROUP", "DELCONSUMER", self.key(), self.group(), self.pick(["a", "b"])], ["XGROUP", "DESTROY", self.key(), self.group()] if self.random.random() < 0.2 else ["XINFO", "GROUPS", self.key()]])

    def make_stream_read_group(self):
        return ["XREADGROUP", "GROUP", self.group(), self.pick(["a", "b"])] + self.maybe(0.4, "COUNT", self.pick(COUNTS)) + self.maybe(0.2, "NOACK") + ["STREAMS", self.key(), self.pick([">", ">", ">", "0", self.stream_id(), "$"])]

    def make_stream_acknowledge(self):
        return self.pick([["XACK", self.key(), self.group()] + self.some(self.stream_id), ["XPENDING", self.key(), self.group()],
                          ["XCLAIM", self.key(), self.group(), self.pick(["a", "b"]), "0"] + self.some(self.stream_id) + self.maybe(0.3, "FORCE") + self.maybe(0.4, "JUSTID") + self.maybe(0.2, "RETRYCOUNT", self.pick(["5", "x", "-1"])) + self.maybe(0.1, "LASTID", self.stream_id()),
                          ["XINFO", "STREAM", self.key(), "x"]])

    def make_expire(self):
        name, values = self.pick([("EXPIRE", SECONDS), ("PEXPIRE", SECONDS), ("EXPIREAT", UNIX_SECONDS), ("PEXPIREAT", UNIX_MILLIS)])
        return [name, self.key(), self.pick(values)] + self.maybe(0.3, self.pick(["NX", "XX", "GT", "LT", "nx", "zz"])) + self.maybe(0.1, self.pick(["NX", "XX", "GT", "LT"]))

    def make_rename(self):
        return [self.pick(["RENAME", "RENAMENX"]), self.key(), self.key()]

    def make_copy(self):
        return ["COPY", self.key(), self.key()] + self.maybe(0.3, "DB", self.pick(DATABASES)) + self.maybe(0.4, "REPLACE")

    def make_move(self):
        return ["MOVE", self.key(), self.pick(DATABASES)]

    def make_select(self):
        return ["SELECT", self.pick(DATABASES[:3])]

    def make_swap(self):
        return ["SWAPDB", self.pick(DATABASES), self.pick(DATABASES)] if self.random.random() < 0.3 else ["DBSIZE"]

    def make_flush(self):
        return [self.pick(["FLUSHDB", "FLUSHALL"])] + self.maybe(0.3, self.pick(["ASYNC", "SYNC", "x"])) if self.random.random() < 0.1 else ["DBSIZE"]

    def make_keys(self):
        return ["KEYS", self.pick(["*", "k*", "k[0-3]", "k?", "[^k]*", "\\*", "k[", "", "k[a-"])]

    def make_scan(self):
        return ["SCAN", self.pick(["0", "0", "x", "-1", "18446744073709551615"])] + self.maybe(0.5, "COUNT", self.pick(["1000", "1000", "0", "-1", "x"])) + \
            self.maybe(0.4, "MATCH", self.pick(["*", "k*", "k[12]"])) + self.maybe(0.3, "TYPE", self.pick(["string", "list", "STRING"]))

    def make_random_key(self):
        return ["RANDOMKEY"]

    def make_object(self):
        return ["OBJECT", self.pick(["ENCODING", "ENCODING", "IDLETIME", "FREQ", "nope"]), self.key()]

    def make_transaction(self):
        return self.pick([["MULTI"], ["EXEC"], ["EXEC"], ["DISCARD"], ["UNWATCH"], ["WATCH"] + self.some(self.key, 1, 2)])

    def make_restore(self):
        payload = self.pick(self.dumps) if self.dumps and self.random.random() < 0.9 else b"garbage"
        return ["RESTORE", self.key(), self.pick(["0", "0", "1000000", "9999999999999", "-1", "x"]), payload] + self.maybe(0.5, "REPLACE") + self.maybe(0.3, "ABSTTL") + \
            self.maybe(0.2, "IDLETIME", self.pick(["0", "10", "-1", "x"])) + self.maybe(0.1, "FREQ", self.pick(["0", "255", "256", "x"]))

    def make_save(self):
        """Now and then the whole data set goes to the disk and back."""
        if self.random.random() < 0.1:
            return self.pick([["SAVE"], ["DEBUG", "RELOAD"], ["DEBUG", "RELOAD", "NOFLUSH", "MERGE"]])
        # A BGSAVE would make the answers to what follows a matter of luck.
        return self.pick([["LASTSAVE"], ["DEBUG", "RELOAD", "x"], ["DEBUG", "POPULATE"]])

    def make_operation(self):
        return self.pick([["ROLE"], ["REPLICAOF", "no", "one"], ["SLAVEOF", "NO", "ONE"], ["REPLICAOF", "h", "70000"], ["REPLICAOF", "h", "x"],
                          ["FAILOVER"], ["FAILOVER", "ABORT"], ["FAILOVER", "TIMEOUT", self.pick(["0", "x", "5"])], ["FAILOVER", "TO", "h", self.pick(["1", "x"]), "FORCE"],
                          ["WAIT", self.pick(["0", "-1", "x"]), self.pick(["0", "10", "-1", "x"])],
                          ["READONLY"], ["READWRITE"], ["ASKING"], ["CLUSTER", self.pick(["INFO", "SLOTS", "MYID", "NODES"])], ["CLUSTER", "KEYSLOT", self.key()],
                          ["MODULE", "LIST"], ["MODULE", "UNLOAD", "x"], ["ACL", "WHOAMI"], ["CLIENT", "CACHING", "YES"], ["CLIENT", "UNPAUSE"],
                          ["CLIENT", "PAUSE", self.pick(["x", "-1", "1.5", "0"]), self.pick(["WRITE", "ALL", "SOME"])], ["CLIENT", "GETREDIR"],
                          ["CONFIG", "REWRITE"], ["LATENCY", "RESET", "nothing"], ["LATENCY", "HISTORY", "nothing"], ["LATENCY", "GRAPH", "nothing"], ["LATENCY", "LATEST"],
                          ["LATENCY", "HISTOGRAM", "nothing"], ["SLOWLOG", "GET", self.pick(["0", "-2", "x"])], ["SLOWLOG", "RESET"], ["MEMORY", "PURGE"],
                          ["LOLWUT", "VERSION", self.pick(["x", "5"]), "x"], ["MIGRATE", "127.0.0.1", "1", "no such key", self.pick(["0", "x"]), self.pick(["10", "x"])],
                          ["MIGRATE", "127.0.0.1", "1", self.pick(["no such key", ""]), "0", "10"] + self.pick([["COPY"], ["AUTH"], ["AUTH2", "a"], ["NOPE"], ["KEYS", "none", "no"]])])

    def make_session(self):
        return self.pick([["PING"], ["PING", self.word()], ["ECHO", self.word()], ["CLIENT", "GETNAME"], ["CLIENT", "SETNAME", self.pick(["me", "a b", "", "x\ny"])],
                          ["CLIENT", "NO-EVICT", self.pick(["on", "off", "x"])], ["CLIENT", "UNBLOCK", self.pick(["99999999", "x"])],
                          ["CLIENT", "KILL", "ID", self.pick(["99999999", "0", "x"])], ["CLIENT", "KILL", "1.1.1.1:1"], ["AUTH", "x"], ["AUTH", "default", "x"], ["AUTH", "a", "b", "c"],
                          ["HELLO", self.pick(["4", "x", "1"])], ["TIME"], ["CLIENT", "ID"], ["RESET"], ["CONFIG", "GET", "maxmemory-policy"], ["CONFIG", "GET", "hz", "port-x"],
                          ["CONFIG", "SET", "nope", "1"], ["CONFIG", "SET", "hz"], ["COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2"],
                          ["NOPE", self.word()[:50], self.key()], ["OBJECT", "HELP"], ["FUNCTION", "FLUSH", self.pick(["ASYNC", "SYNC", "x"])], ["DEBUG", "PROTOCOL", self.pick(["string", "integer", "double", "null", "array", "set", "map", "verbatim", "bignum", "true", "false", "x"])]])
