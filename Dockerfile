# syntax=docker/dockerfile:1

# The build: Maven's downloads stay in a cache mount, so a changed source or pom fetches only what is new.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml *.md ./
COPY docs docs
COPY src src
RUN --mount=type=cache,target=/root/.m2,sharing=locked \
    ./mvnw -B -q package -DskipTests
RUN cp target/faultline-*.jar faultline.jar \
    && java -Djarmode=tools -jar faultline.jar extract --layers --destination layers

# What runs. The layers go from the one that changes least to the one that changes most.
FROM eclipse-temurin:25-jre
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin faultline \
    && install -d -o faultline -g faultline /traces # for a volume; see docker-compose.yml
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
# A training run: start, write the AOT cache, stop. The cache fits this very JVM and these very jars only,
# so it is made here and not in the build stage.
RUN java -Xlog:aot=error,cds=error -XX:AOTCacheOutput=faultline.aot -Dspring.context.exit=onRefresh -jar faultline.jar
USER faultline
EXPOSE 8080
# The image has neither curl nor wget, but bash can open a socket.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /actuator/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.. 200' <&3"]
# Further JVM options come in by the environment: JAVA_TOOL_OPTIONS.
# Out of memory it ends, and whoever started it can start it again (compose: restart).
ENTRYPOINT ["java", "-XX:AOTCache=faultline.aot", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "-jar", "faultline.jar"]
