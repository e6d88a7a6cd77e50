package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;

import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** A service that takes the signed tokens of an OpenID provider beside its own keys. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokensTest {

    private static final String ADMIN = "eyJ.admin.of-these-tests-0123456789-0123456789";

    private Provider provider;
    private ServerProcess server;
    private Client client;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        provider = new Provider(0);
        server = server(folder, provider.issuer());
        client = Client.of(server.port());
    }

    private static ServerProcess server(Path folder, String issuer, String... more)
            throws IOException, InterruptedException {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "--faultline.security.issuer-uri=" + issuer,
                                "--faultline.security.audience=" + Provider.AUDIENCE,
                                "--faultline.security.admin-key=" + ADMIN));
        settings.addAll(List.of(more));
        return ServerProcess.start(folder, List.of("-Xmx256m"), settings);
    }

    @AfterAll
    void stop() throws Exception {
        String log = server.log();
        server.close();
        provider.close();
        assertThat(log).doesNotContain("eyJ", " ERROR ", "\tat ");
    }

    private Answer me(String token) {
        return me(client, token);
    }

    private static Answer me(Client client, String token) {
        return client.get("/v1/me", "Authorization", "Bearer " + token);
    }

    /** Demands that a token is refused, and that the answer says why in both places. */
    private static void refused(Answer answer, String why) {
        answer.expectProblem(401, "UNAUTHENTICATED");
        assertThat(answer.text("/detail")).contains(why);
        assertThat(answer.header("WWW-Authenticate"))
                .startsWith("Bearer error=\"invalid_token\", error_description=\"")
                .contains(why)
                .matches("[ -~]+")
                .endsWith("\"");
    }

    private JWTClaimsSet.Builder ada() {
        return provider.claims().subject("ada").claim("tenant", "cs124").claim("role", "student");
    }

    @Test
    void aTokenIsItsOwner() throws Exception {
        JsonNode me = me(provider.student("cs124", "ada")).expect(200).json();
        assertThat(me.get("tenant").asString()).isEqualTo("cs124");
        assertThat(me.get("student").asString()).isEqualTo("ada");
        assertThat(me.get("role").asString()).isEqualTo("student");
        assertThat(me.get("open").asBoolean()).isFalse();
        me(ADMIN).expect(200);
        client.get("/v1/me").expectProblem(401, "UNAUTHENTICATED");
    }

    @Test
    void aTokenAndAKeyOfOneOwnerSeeTheSame() throws Exception {
        String[] token = {"Authorization", "Bearer " + provider.student("cs124", "eve")};
        byte[] wish =
                "{\"role\":\"student\",\"tenant\":\"cs124\",\"student\":\"eve\"}".getBytes(UTF_8);
        Answer made =
                client.send(
                        "POST", "/v1/keys", Client.JSON, wish, "Authorization", "Bearer " + ADMIN);
        String[] key = {"Authorization", "Bearer " + made.expect(201).text("/secret")};
        client.post("/v1/machines", "{'id': 'm1'}", token).expect(201);
        client.get("/v1/machines/m1", key).expect(200);
        String[] other = {"Authorization", "Bearer " + provider.student("cs124", "bob")};
        client.get("/v1/machines/m1", other).expectProblem(404, "NO_SUCH_MACHINE");
        client.get("/v1/keys", token).expectProblem(403, "ROLE_FORBIDDEN");
        client.delete("/v1/machines/m1", key).expect(204);
    }

    @Test
    void eachRoleHasItsRights() throws Exception {
        String teacher = provider.signed(ada().claim("role", "teacher").build());
        assertThat(me(teacher).expect(200).at("/student").isNull()).isTrue();
        String metrics = provider.signed(ada().claim("role", "metrics").build());
        client.get("/v1/machines", "Authorization", "Bearer " + metrics)
                .expectProblem(403, "ROLE_FORBIDDEN");
        String admin = provider.signed(ada().claim("role", "admin").claim("tenant", null).build());
        assertThat(me(admin).expect(200).text("/tenant")).isEqualTo("local");
        client.get("/actuator/prometheus", "Authorization", "Bearer " + admin).expect(200);
        String listed =
                provider.signed(ada().claim("role", List.of("openid", "teacher", "x")).build());
        assertThat(me(listed).expect(200).text("/role")).isEqualTo("teacher");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tenant | null | its claim 'tenant' is missing",
                "tenant | '' | its claim 'tenant' must match",
                "tenant | 'CS124' | its claim 'tenant' must match",
                "tenant | 'cs124~ada' | its claim 'tenant' must match",
                "tenant | '../etc' | its claim 'tenant' must match",
                "tenant | 124 | its claim 'tenant' must match",
                "tenant | ['cs124'] | its claim 'tenant' must match",
                "tenant | {'a': 1} | its claim 'tenant' must match",
                "sub | null | its claim 'sub' is missing",
                "sub | 'ädä' | its claim 'sub' must match",
                "role | null | its claim 'role' has none of the roles",
                "role | 'king' | its claim 'role' has none of the roles",
                "role | 'ADMIN' | its claim 'role' has none of the roles",
                "role | 7 | its claim 'role' has none of the roles",
                "role | [] | its claim 'role' has none of the roles",
                "role | [null, {}] | its claim 'role' has none of the roles",
                "role | ['student', 'admin'] | its claim 'role' has more than one",
                "iss | 'http://127.0.0.1:1/realm' | iss claim is not valid",
                "iss | null | iss claim is not valid",
                "aud | 'another-service' | aud claim is not valid",
                "aud | null | aud claim is not valid",
                "exp | null | exp is required",
                "exp | 1500000000 | expired at 2017",
                "nbf | 4000000000 | used before 2096",
            })
    void aTokenWithWrongClaimsIsRefused(String claim, String value, String why) throws Exception {
        refused(me(provider.signed(with(claim, value))), why);
    }

    private JWTClaimsSet with(String claim, String json) {
        JsonNode value = Answer.json(json);
        Object given =
                switch (claim) {
                    case "exp", "nbf" ->
                            value.isNull()
                                    ? null
                                    : Date.from(Instant.ofEpochSecond(value.asLong()));
                    default -> Answer.MAPPER.treeToValue(value, Object.class);
                };
        return ada().issueTime(null).claim(claim, given).build();
    }

    /** What is no claim of its kind at all: never a failure of the server. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'exp': 'tomorrow'",
                "'exp': {}",
                "'iss': 5",
                "'iss': []",
                "'aud': {'a': 1}",
                "'nbf': [1]",
                "'iat': 'x'",
                "'sub': {}",
                "'iat': []",
                "'exp': -1",
                "'jti': {}",
                "'tenant': 1e400",
                "'iss': '%%'",
            })
    void aTokenWithSillyClaimsIsRefused(String claim) throws Exception {
        Map<String, Object> claims = ada().build().toJSONObject();
        JsonNode silly = Answer.json("{" + claim + "}");
        silly.propertyStream()
                .forEach(
                        each ->
                                claims.put(
                                        each.getKey(),
                                        Answer.MAPPER.treeToValue(each.getValue(), Object.class)));
        me(raw(Answer.MAPPER.writeValueAsString(claims))).expectProblem(401, "UNAUTHENTICATED");
    }

    /** A token with a right signature of text that need not be a set of claims. */
    private String raw(String payload) throws JOSEException {
        JWSObject token =
                new JWSObject(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(provider.key().getKeyID())
                                .build(),
                        new Payload(payload));
        token.sign(new RSASSASigner(provider.key()));
        return token.serialize();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "7", "\"text\"", "{\"a\":}", "{\"exp\":1,}"})
    void aTokenWithoutClaimsIsRefused(String payload) throws Exception {
        me(raw(payload)).expectProblem(401, "UNAUTHENTICATED");
    }

    @Test
    void nobodyElseSigns() throws Exception {
        String why = "it is damaged, or has no signature of the provider";
        String good = provider.signed(ada().build());
        RSAKey same = Provider.rsa(provider.key().getKeyID());
        RSAKey unknown = Provider.rsa("unknown");
        refused(me(Provider.signed(ada().build(), same)), why);
        refused(me(Provider.signed(ada().build(), unknown)), why);
        refused(me(new PlainJWT(ada().build()).serialize()), why);
        refused(me(good.substring(0, good.lastIndexOf('.') + 1)), why);
        refused(me(good.substring(0, good.length() - 4) + "AAAA"), why);
        JWSHeader byPublicKey =
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(same.getKeyID()).build();
        MACSigner confused = new MACSigner(provider.key().toRSAPublicKey().getEncoded());
        refused(me(Provider.signed(byPublicKey, ada().build(), confused)), why);
        JWSHeader bringsItsKey =
                new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(unknown.toPublicJWK()).build();
        refused(me(Provider.signed(bringsItsKey, ada().build(), new RSASSASigner(unknown))), why);
        String[] parts = good.split("\\.", -1);
        String promoted =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                ada().claim("role", "admin").build().toString().getBytes(UTF_8));
        refused(me(parts[0] + "." + promoted + "." + parts[2]), why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eyJ..", "eyJhbGciOiJSUzI1NiJ9..", "eyJ.eyJ.x", "eyJhIjoxfQ.e30.e30"})
    void whatOnlyLooksLikeATokenIsRefused(String token) {
        refused(me(token), "it is damaged");
    }

    @Test
    void aDeepHeaderIsRefused() {
        String deep =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(("{\"alg\":" + "[".repeat(5000)).getBytes(UTF_8));
        refused(me(deep + ".e30.e30"), "it is damaged");
    }

    @Test
    void whatIsNoTokenIsAKey() {
        for (String secret :
                List.of("a.b.c", "eyJ.b", "eyJ.b.c.d", "fl_aaaaaaaa_" + "A".repeat(43))) {
            Answer answer = me(secret).expectProblem(401, "UNAUTHENTICATED");
            assertThat(answer.header("WWW-Authenticate"))
                    .isEqualTo("Bearer error=\"invalid_token\"");
        }
    }

    /** The provider is asked a few times, however many strangers knock. */
    @Test
    void unknownKeysDoNotFloodTheProvider() throws Exception {
        me(provider.student("cs124", "ada")).expect(200);
        int before = provider.asked();
        RSAKey unknown = Provider.rsa("nobodys");
        String stranger = Provider.signed(ada().build(), unknown);
        for (int i = 0; i < 200; i++) {
            me(stranger).expectProblem(401, "UNAUTHENTICATED");
        }
        assertThat(provider.asked() - before).isLessThan(20);
    }

    /** Other settings, and a provider that changes its keys, and is away after that. */
    @Test
    void claimsHaveOtherNamesAndANewKeyIsFound() throws Exception {
        try (Provider other = new Provider(0)) {
            ECKey elliptic = new ECKeyGenerator(Curve.P_256).keyID("second").generate();
            JWTClaimsSet claims =
                    other.claims()
                            .subject("7f0c")
                            .claim("https://x.example/class", "cs124")
                            .claim("user", "ada")
                            .claim("realm_access", Map.of("roles", List.of("offline", "student")))
                            .build();
            JWSHeader second = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("second").build();
            String token = Provider.signed(second, claims, new ECDSASigner(elliptic));
            withServer(
                    other.issuer(),
                    to -> {
                        Answer me = me(to, other.signed(claims)).expect(200);
                        assertThat(me.text("/student")).isEqualTo("ada");
                        assertThat(me.text("/tenant")).isEqualTo("cs124");
                        me(to, token).expectProblem(401, "UNAUTHENTICATED");
                        other.publish(other.key(), elliptic);
                        await(to, token, 200);
                        other.publish(elliptic);
                        other.setBroken(true);
                        me(to, other.signed(claims)).expect(200);
                    },
                    "--faultline.security.claims.tenant=https://x.example/class",
                    "--faultline.security.claims.student=user",
                    "--faultline.security.claims.role=/realm_access/roles",
                    "--faultline.security.jwk-set-uri=" + other.issuer() + "/keys");
        }
    }

    private interface Story {
        void play(Client client) throws Exception;
    }

    private @TempDir Path folder;

    private void withServer(String issuer, Story story, String... settings) throws Exception {
        try (ServerProcess second = server(folder, issuer, settings)) {
            story.play(Client.of(second.port()));
            assertThat(second.log()).doesNotContain("eyJ", " ERROR ", "\tat ");
        }
    }

    private static void await(Client to, String token, int status) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        Answer answer = me(to, token);
        while (answer.status() != status && System.nanoTime() < end) {
            Thread.sleep(250);
            answer = me(to, token);
        }
        answer.expect(status);
    }

    /** The provider is away when the service starts, then not itself, and well in the end. */
    @Test
    void aProviderThatIsAwayStopsNobodyElse() throws Exception {
        int port;
        try (Provider gone = new Provider(0)) {
            port = gone.port();
        }
        withServer(
                Provider.issuer(port),
                to -> {
                    me(to, ADMIN).expect(200);
                    unavailable(me(to, provider.student("cs124", "ada")));
                    try (Provider back = new Provider(port)) {
                        String token = back.student("cs124", "ada");
                        back.setName("http://127.0.0.1:1/realm");
                        Thread.sleep(6_000); // it is asked again
                        unavailable(me(to, token));
                        back.setName(null);
                        await(to, token, 200);
                        back.setBroken(true);
                        me(to, token).expect(200);
                    }
                });
    }

    private static void unavailable(Answer answer) {
        answer.expectProblem(503, "ISSUER_UNAVAILABLE");
        assertThat(answer.header("Retry-After")).isEqualTo("5");
    }
}
